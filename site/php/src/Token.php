<?php

declare(strict_types=1);

namespace Site;

/**
 * Tells a form of this site from one of another: the same random text in a cookie and in the form. No other site can read or set a cookie
 * whose name begins with __Host-, and no server has to remember anything.
 */
final class Token
{
    private const COOKIE = '__Host-token';

    /** The visitor's token, made and sent with the first form. */
    public static function issue(): string
    {
        $token = $_COOKIE[self::COOKIE] ?? '';
        if (!is_string($token) || preg_match('/^[0-9a-f]{32}$/', $token) !== 1) {
            $token = bin2hex(random_bytes(16));
            setcookie(self::COOKIE, $token, ['path' => '/', 'secure' => true, 'httponly' => true, 'samesite' => 'Strict']);
        }
        return $token;
    }

    public static function matches(mixed $sent): bool
    {
        $expected = $_COOKIE[self::COOKIE] ?? null;
        return is_string($expected) && is_string($sent) && $expected !== '' && hash_equals($expected, $sent);
    }
}
