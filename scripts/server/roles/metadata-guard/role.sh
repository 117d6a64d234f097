# shellcheck shell=bash
# The instance's metadata hold the keys of its role in the account. A site that can be talked into fetching a URL must not reach them:
# only root may ask, which is whom the agents run as.

metadata-guard_packages() {
  echo nftables
}

metadata-guard_before() {
  install_template metadata-guard rules.conf /etc/one-server-web/metadata-guard.nft 0644 root:root restart:one-server-web-metadata-guard
  install_template metadata-guard service.conf /etc/systemd/system/one-server-web-metadata-guard.service 0644 root:root daemon-reload
}

metadata-guard_check() {
  local output
  output=$(nft --check --file /etc/one-server-web/metadata-guard.nft 2>&1) || { echo "the metadata guard's rules are refused: $(head -n 1 <<<"$output")"; return 1; }
}

metadata-guard_units() {
  echo started one-server-web-metadata-guard
}
