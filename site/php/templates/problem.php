<?php use Site\View; ?>
<section class="problem">
  <h1><?= View::text($title) ?></h1>
  <p><?= View::text($explanation) ?></p>
  <p><a class="button" href="/">To the first page</a></p>
</section>
