<?php

declare(strict_types=1);

namespace Site;

/** Templates and what they need. */
final class View
{
    /** Sends a whole page: templates/$template.php inside templates/layout.php. */
    public static function send(string $template, array $values, int $status = 200): void
    {
        http_response_code($status);
        header('Content-Type: text/html; charset=utf-8');
        // Only this site's own files; nothing inline, nothing from elsewhere.
        header("Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        $content = self::render($template, $values);
        echo self::render('layout', ['title' => $values['title'], 'here' => $values['here'] ?? '', 'content' => $content]);
    }

    /** Text as it stands in HTML, in an attribute too. */
    public static function text(string|int|float|null $value): string
    {
        return htmlspecialchars((string) $value, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
    }

    /** A time as it is shown; the web server's clock counts whole milliseconds. */
    public static function milliseconds(?float $value): string
    {
        return match (true) {
            $value === null => '',
            $value < 0.05 => 'below 1 ms',
            default => sprintf('%.1f ms', $value),
        };
    }

    /** An asset's address; it changes with the release, so that browsers may keep it for ever. */
    public static function asset(string $name): string
    {
        return "/assets/$name?v=" . rawurlencode(substr(Way::release(), 0, 16));
    }

    private static function render(string $template, array $values): string
    {
        extract($values, EXTR_SKIP);
        ob_start();
        require __DIR__ . "/../templates/$template.php";
        return ob_get_clean();
    }
}
