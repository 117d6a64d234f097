<?php use Site\{View, Way}; ?>
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="description" content="A page that shows the way a request takes through one server, and a guestbook.">
  <title><?= View::text($title) ?></title>
  <link rel="icon" href="<?= View::asset('icon.svg') ?>" type="image/svg+xml">
  <link rel="stylesheet" href="<?= View::asset('style.css') ?>">
  <script src="<?= View::asset('way.js') ?>" defer></script>
</head>
<body>
  <a class="skip" href="#content">Skip to the content</a>
  <header class="top">
    <a class="brand" href="/"><img src="<?= View::asset('icon.svg') ?>" width="28" height="28" alt=""> one server</a>
    <nav aria-label="Pages">
      <a href="/"<?= $here === '/' ? ' aria-current="page"' : '' ?>>The way</a>
      <a href="/guestbook"<?= $here === '/guestbook' ? ' aria-current="page"' : '' ?>>Guestbook</a>
    </nav>
  </header>
  <main id="content">
<?= $content ?>
  </main>
  <footer>Release <code><?= View::text(substr(Way::release(), 0, 12)) ?></code></footer>
</body>
</html>
