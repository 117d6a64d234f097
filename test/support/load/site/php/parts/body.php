<?php echo "body [mark:{{MARK}}]\n";
