# shellcheck shell=bash
# Python's app server: two Gunicorns, blue and green, of which one serves. A release's own .venv comes first; the distribution's
# Gunicorn and MySQL driver serve sites that bring none.

python_plan() {
  app_plan
}

python_packages() {
  printf '%s\n' python3 python3-venv gunicorn python3-pymysql
  [[ $INTERFACE == wsgi ]] || echo python3-uvicorn
}

python_before() {
  for COLOUR in blue green; do
    install_template python gunicorn.py "/etc/one-server-web/app/$COLOUR.py" 0644 root:root replace:app
  done
  install_template python asgi.py /usr/local/lib/one-server-web/python/one_server_web_asgi.py 0644 root:root replace:app
  install_template python start.sh /usr/local/lib/one-server-web/start-python 0755 root:root replace:app
  APP_START='/usr/local/lib/one-server-web/start-python %i'
  APP_STOP_SIGNAL=SIGTERM APP_KIND=Gunicorn
  app_unit
}

python_facts() {
  echo "versions.Python $(json_text "$(python3 -c 'import platform; print(platform.python_version())')")"
}
