<?php

// A page that is never made the same twice, and long enough to be packed; one visitor's own when they bring a name.
echo bin2hex(random_bytes(8)), ' for ', $_COOKIE['name'] ?? 'everybody', str_repeat(' and everybody else', 200);
