package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.repository.KeyItem;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What goes when keys are deleted, and in which order: were a revocation to go before its key, and
 * the deletion to end there, the revoked key would be valid again.
 */
class DeletionTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static KeyItem key(UUID id) {
    return new KeyItem(
        KeyElements.key(
            id,
            START,
            START,
            START.plus(Duration.ofDays(90)),
            KeyAlgorithm.AES_256_CBC_HMACSHA256,
            new byte[64]),
        "key-" + id);
  }

  private static KeyItem revocation(UUID id) {
    return new KeyItem(KeyElements.revocation(id, START, null), "revocation-" + id);
  }

  private static KeyItem mass(Instant date) {
    return new KeyItem(KeyElements.massRevocation(date.atOffset(ZoneOffset.UTC), null), "mass");
  }

  @Test
  void keysGoBeforeTheRevocationsThatNamedThemAndThoseBeforeOldMassRevocations() {
    UUID stays = UUID.randomUUID();
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    UUID foreign = UUID.randomUUID();
    KeyItem early = mass(START.minusSeconds(2));
    KeyItem late = mass(START.minusSeconds(1));
    // As unhelpful as can be: each revocation stands before its key.
    List<KeyItem> stored = new ArrayList<>();
    stored.add(early);
    stored.add(revocation(foreign));
    stored.add(revocation(second));
    stored.add(revocation(stays));
    stored.add(revocation(first));
    stored.add(late);
    stored.add(key(first));
    stored.add(key(stays));
    stored.add(key(second));
    KeyRingReader reader =
        new KeyRingReader(
            new SecretOpener(List.of(), new SecureRandom()), new EntryRules(false, null));
    Deletion deletion =
        Deletion.of(reader.read(stored, Map.of()).keys(), stored, each -> !each.id().equals(stays));
    assertThat(deletion.keys()).containsExactlyInAnyOrder(first, second);
    assertThat(deletion.items())
        .containsExactly(
            key(first),
            key(second),
            revocation(foreign),
            revocation(second),
            revocation(first),
            early);
  }
}
