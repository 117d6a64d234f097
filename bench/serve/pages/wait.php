<?php

// A page that waits for something else: another server, a lock, a disk.
usleep(100_000);
header('Content-Type: text/plain');
header('Cache-Control: no-store');
echo 'waited';
