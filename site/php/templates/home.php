<?php use Site\View; ?>
<section class="hero">
  <div>
    <h1>One server,<br>end to end</h1>
    <p>This page was made for you just now. Below is the way your request has taken, with what it met and how long each part took.</p>
  </div>
  <img src="<?= View::asset('lighthouse.svg') ?>" width="420" height="300" alt="A lighthouse on a rock sends its beam over the sea at dusk.">
</section>

<section aria-labelledby="way">
  <h2 id="way">The way of this request</h2>
  <ol class="way">
<?php foreach ($stations as $station): ?>
    <li>
      <h3><?= View::text($station['name']) ?></h3>
      <p class="fact"><?= View::text($station['fact']) ?></p>
      <p class="detail"><?= View::text($station['detail']) ?></p>
      <p class="time"<?= $station['measure'] === null ? '' : ' data-measure="' . $station['measure'] . '"' ?>><?= View::milliseconds($station['milliseconds']) ?></p>
    </li>
<?php endforeach ?>
  </ol>
  <p class="note">Times on the web, app and database server were measured there; those of name, address and response by your browser.</p>
</section>

<section aria-labelledby="latest">
  <h2 id="latest">Last in the guestbook</h2>
<?php require __DIR__ . '/entries.php' ?>
  <p><a class="button" href="/guestbook">Sign the guestbook</a></p>
</section>
