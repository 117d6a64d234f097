import { utils } from "ssh2";

/** A fresh Ed25519 key pair as OpenSSH writes it: the public half on one line, the private half without a passphrase. */
export function keyPair(): { readonly public: string; readonly private: string } {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519");
    // ssh2 1.17 writes one pair in 250 that neither it nor OpenSSH can read (17 of 4000, seen).
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
