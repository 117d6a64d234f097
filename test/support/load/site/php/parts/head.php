<?php echo "head [mark:{{MARK}}]\n";
