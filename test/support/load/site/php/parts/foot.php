<?php echo "foot [mark:{{MARK}}]\n";
