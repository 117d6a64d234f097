<?php use Site\{Guestbook, View}; ?>
<h1>Guestbook</h1>
<?php if ($thanks): ?>
<p class="thanks" role="status">Thank you, it is written down.</p>
<?php endif ?>
<?php if ($errors !== []): ?>
<div class="errors" role="alert">
<?php foreach ($errors as $error): ?>
  <p><?= View::text($error) ?></p>
<?php endforeach ?>
</div>
<?php endif ?>
<form method="post" action="/guestbook" class="sign">
  <input type="hidden" name="token" value="<?= View::text($token) ?>">
  <label for="author">Your name</label>
  <input id="author" name="author" required maxlength="<?= Guestbook::AUTHOR_LENGTH ?>" autocomplete="name" value="<?= View::text($values['author']) ?>"<?= isset($errors['author']) ? ' aria-invalid="true"' : '' ?>>
  <label for="message">A few words</label>
  <textarea id="message" name="message" required maxlength="<?= Guestbook::MESSAGE_LENGTH ?>" rows="4"<?= isset($errors['message']) ? ' aria-invalid="true"' : '' ?>><?= View::text($values['message']) ?></textarea>
  <button type="submit">Sign</button>
</form>

<h2><?= $total === 1 ? 'One entry' : View::text($total) . ' entries' ?></h2>
<?php require __DIR__ . '/entries.php' ?>
