# shellcheck shell=bash
# The instance's metadata hold the keys of its role in the account. A site that can be talked into fetching a URL must not reach them:
# only root may ask, which is whom the agents run as.

role_metadata_guard() {
  ensure_packages nftables
  install_template metadata-guard rules.conf /etc/one-server-web/metadata-guard.nft 0644 root:root
  local rules=$FILE_CHANGED
  install_template metadata-guard service.conf /etc/systemd/system/one-server-web-metadata-guard.service 0644 root:root
  [[ $FILE_CHANGED == no ]] || systemctl daemon-reload
  ensure_running metadata-guard one-server-web-metadata-guard
  if [[ $rules == yes ]]; then
    systemctl restart one-server-web-metadata-guard ||
      fail 'the metadata guard is refused: see journalctl -u one-server-web-metadata-guard -n 30 on the server'
  fi
}
