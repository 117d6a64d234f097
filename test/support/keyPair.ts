import { utils } from "ssh2";

/**
 * A fresh Ed25519 key pair as OpenSSH writes it: the public half on one line.
 * @param passphrase of the private half, which has none when unset
 */
export function keyPair(passphrase?: string): { readonly public: string; readonly private: string } {
  for (;;) {
    const pair = utils.generateKeyPairSync(
      "ed25519",
      passphrase === undefined ? {} : { passphrase, cipher: "aes256-ctr", rounds: 4 },
    );
    // ssh2 1.17 writes one pair in 250 that neither it nor OpenSSH can read (17 of 4000, seen).
    if (!(utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}
