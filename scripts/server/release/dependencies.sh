# shellcheck shell=bash
# Dependencies are installed by the site's own tool, as the site's user, from caches that outlive releases. A site that brings
# vendor/ or .venv/ along needs nothing.

install_dependencies() {
  local release=$1 folder=$RELEASES/$1
  if [[ -f $folder/composer.json && ! -d $folder/vendor ]]; then
    install_composer_packages "$release"
  fi
  if [[ ! -d $folder/.venv ]] && [[ -f $folder/requirements.txt || -f $folder/uv.lock || -f $folder/pyproject.toml ]]; then
    install_python_packages "$release"
  fi
  refuse_without_gunicorn "$release"
}

need_command() {
  command -v "$1" >/dev/null || fail "the site has a $2, but $1 is not installed on this server: $3"
}

# as_site RELEASE COMMAND...: in the release, with its caches.
as_site() {
  local release=$1
  shift
  mkdir -p "$CACHE/site"
  chown site:site "$CACHE/site"
  site-run --release "$release" env "XDG_CACHE_HOME=$CACHE/site" "COMPOSER_HOME=$CACHE/site/composer" COMPOSER_NO_INTERACTION=1 \
    "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt" "PIP_CERT=/etc/ssl/certs/ca-certificates.crt" PIP_DISABLE_PIP_VERSION_CHECK=1 "$@"
}

install_composer_packages() {
  local release=$1 folder=$RELEASES/$1 live
  need_command composer composer.json "apt-get install composer, or send vendor/ along (where git ignores it: pulumi config set exclude '[\"!/vendor\"]')"
  live=$(active_release)
  # The same lock file wants the same packages: composer then only checks them and writes its class map anew.
  if [[ -n $live && -d $RELEASES/$live/vendor && -f $folder/composer.lock ]] &&
    cmp -s "$folder/composer.lock" "$RELEASES/$live/composer.lock"; then
    cp -a --reflink=auto "$RELEASES/$live/vendor" "$folder/vendor"
  fi
  begin dependencies 'composer install'
  run_logged as_site "$release" composer install --no-dev --prefer-dist --optimize-autoloader --no-progress ||
    fail "composer install failed$(why)"
}

# A virtual environment is bound to its path, so it lies beside the releases, named by what it is made of, and is linked into them.
install_python_packages() {
  local release=$1 folder=$RELEASES/$1 key environment
  need_command python3 "list of Python packages" 'apt-get install python3-venv'
  # pip does not read uv's lock: it would install what is newest.
  [[ ! -f $folder/uv.lock || -f $folder/requirements.txt ]] ||
    need_command uv uv.lock 'install it (https://docs.astral.sh/uv), or send a requirements.txt along'
  key=$(cd "$folder" && { python3 --version; cat requirements*.txt uv.lock pyproject.toml 2>/dev/null || true; } | sha256sum | cut -c1-16)
  environment=$WWW/environments/$key
  if [[ ! -e $environment/.ready ]]; then
    begin dependencies "installing Python packages"
    rm -rf "$environment"
    install -d -o site -g site -m 0755 "$WWW/environments" "$environment"
    run_logged as_site "$release" python3 -m venv "$environment" || fail "python3 -m venv failed$(why); is python3-venv installed?"
    if [[ -f $folder/uv.lock ]] && command -v uv >/dev/null; then
      run_logged as_site "$release" env "UV_PROJECT_ENVIRONMENT=$environment" uv sync --frozen --no-dev --no-install-project || fail "uv sync failed$(why)"
    elif [[ -f $folder/requirements.txt ]]; then
      run_logged as_site "$release" "$environment/bin/pip" install --requirement requirements.txt || fail "pip install failed$(why)"
    else
      run_logged as_site "$release" "$environment/bin/pip" install . || fail "pip install . failed$(why)"
    fi
    : >"$environment/.ready"
  else
    say "Python packages are those of environment $key"
  fi
  ln -s "$environment" "$folder/.venv"
}
