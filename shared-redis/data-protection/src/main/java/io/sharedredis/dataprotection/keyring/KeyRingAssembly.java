package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.repository.KeyRepository;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * The parts of one key ring, put together.
 *
 * @param ring what protectors ask
 * @param keys what operators use
 * @param counters what happened so far
 */
public record KeyRingAssembly(LiveKeyRing ring, KeyManager keys, KeyRingCounters counters) {
  /**
   * @param background runs refreshes; must not run them on the calling thread
   */
  public static KeyRingAssembly of(
      DataProtectionOptions options,
      KeyRepository repository,
      InstantSource clock,
      SecureRandom random,
      Executor background) {
    EntryRules rules =
        new EntryRules(options.requireEncryptedKeys(), options.entryAuthentication().orElse(null));
    KeyRingReader reader =
        new KeyRingReader(new SecretOpener(options.secretDecryptors(), random), rules);
    KeyFactory factory = new KeyFactory(options, rules, random);
    KeyRingLoader loader =
        new KeyRingLoader(repository, reader, factory, options, clock, random::nextDouble);
    KeyRingCounters counters = new KeyRingCounters();
    LiveKeyRing ring = new LiveKeyRing(loader, options, clock, background, counters);
    StoredKeys keys = new StoredKeys(repository, ring, loader, factory, rules, options, clock);
    return new KeyRingAssembly(ring, keys, counters);
  }
}
