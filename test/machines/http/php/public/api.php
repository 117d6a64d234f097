<?php
// Another script than the front controller.
require __DIR__ . '/index.php';
