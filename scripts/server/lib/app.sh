# shellcheck shell=bash
# What the app servers of all runtimes have in common: one template unit with two instances, blue and green.

# app_plan
app_plan() {
  # Whoever waits for a request is given more time than the request itself.
  APP_STOP_SECONDS=$((REQUEST_TIMEOUT + 10))
}

# app_unit: writes the unit from APP_START, APP_STOP_SIGNAL and APP_KIND.
app_unit() {
  install_template site app.service /etc/systemd/system/site-app@.service 0644 root:root daemon-reload replace:app
}
