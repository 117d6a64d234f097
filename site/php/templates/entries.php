<?php use Site\View; ?>
<?php if ($entries === []): ?>
  <p class="empty">Nobody has signed yet. Be the first.</p>
<?php else: ?>
  <ul class="entries">
<?php foreach ($entries as $entry): ?>
    <li>
      <p class="message"><?= nl2br(View::text($entry['message'])) ?></p>
      <p class="by"><?= View::text($entry['author']) ?>, <time datetime="<?= View::text(str_replace(' ', 'T', $entry['written'])) ?>Z"><?= View::text(substr($entry['written'], 0, 16)) ?> UTC</time></p>
    </li>
<?php endforeach ?>
  </ul>
<?php endif ?>
