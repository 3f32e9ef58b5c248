package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * surroundings.json: facts around the ring.
 *
 * <p>Left out: default discriminators (they come of a .NET content root; here the name is always
 * given), the helpers without dependency injection and their places under the home directory, and
 * the counts of store reads (this ring is read ahead, in the background).
 */
class SurroundingsInteropTest {
  private static final JsonNode RECORD = Interop.json("surroundings.json");

  @TempDir private Path directory;

  @Test
  void idsAreOrderedAsInDotNet() {
    List<UUID> sorted = new ArrayList<>();
    Interop.strings(RECORD.get("guid_order").get("sorted_by_net"))
        .forEach(id -> sorted.add(UUID.fromString(id)));
    List<UUID> shuffled = new ArrayList<>(sorted);
    Collections.reverse(shuffled);
    shuffled.sort(DefaultKeyPolicy.BY_ID);
    assertThat(shuffled).isEqualTo(sorted);
  }

  @TestFactory
  Stream<DynamicTest> applicationNameIsTheFirstPurposeAsItIsGiven() {
    return StreamSupport.stream(RECORD.get("set_application_name").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    "'" + one.get("set_application_name").asString() + "'", () -> check(one)));
  }

  private static void check(JsonNode one) {
    String name = Interop.text(one.get("set_application_name"));
    String discriminator = Interop.text(one.get("application_discriminator"));
    DataProtection named = Interop.open(Interop.plainRing(), name);
    DataProtection bare = Interop.open(Interop.plainRing(), null);
    String payload = named.protector("p").protect("x");
    if (discriminator.isEmpty()) {
      assertThat(bare.protector("p").unprotect(payload)).isEqualTo("x");
      assertThatThrownBy(() -> DataProtectionOptions.builder().applicationName(name))
          .hasMessageContaining("applicationName");
    } else {
      assertThat(bare.protector(discriminator, "p").unprotect(payload)).isEqualTo("x");
      assertThatThrownBy(() -> bare.protector("p").unprotect(payload))
          .isInstanceOf(DataProtectionException.class);
    }
  }

  @Test
  void deletionLeavesTheFilesThatDotNetLeaves() throws IOException {
    Instant now = Instant.now();
    try (DataProtection ring =
        DataProtection.open(
            DataProtectionOptions.builder().build(), new FileSystemKeyRepository(directory))) {
      UUID good = ring.keyManager().ring().defaultKey().id();
      Key gone = ring.keyManager().create(now.minus(Duration.ofDays(9)), now.minusSeconds(60));
      Key revoked = ring.keyManager().create(now.minus(Duration.ofDays(9)), now.minusSeconds(50));
      ring.keyManager().revoke(gone.id(), null);
      ring.keyManager().revoke(revoked.id(), null);
      ring.keyManager().revoke(UUID.randomUUID(), "foreign");
      ring.keyManager().revokeAllCreatedBefore(Instant.parse("2024-12-26T00:00:00Z"), null);
      ring.keyManager().revokeAllCreatedBefore(Instant.parse("2024-12-27T00:00:00Z"), null);
      assertThat(ring.keyManager().delete(key -> key.id().equals(gone.id()))).isEqualTo(1);
      List<String> expected = new ArrayList<>();
      for (JsonNode fact : RECORD.get("misc")) {
        if (fact.get("fact").asString().equals("… what is left")) {
          for (String name : Interop.strings(fact.get("value"))) {
            expected.add(
                name.replace("{good key}", good.toString())
                    .replace("{revoked key}", revoked.id().toString()));
          }
        }
      }
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .filteredOn(name -> name.endsWith(".xml"))
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  @Test
  void unreachableStoreStopsNoProtectorFromBeingMade() {
    try (DataProtection ring =
        DataProtection.open(DataProtectionOptions.builder().build(), new Unreachable())) {
      assertThat(ring.protector("p")).isNotNull();
      assertThatThrownBy(() -> ring.protector("p").protect("x"))
          .isInstanceOf(DataProtectionException.class);
      assertThatThrownBy(() -> ring.keyManager().delete(key -> true))
          .isInstanceOf(DataProtectionException.class);
    }
  }

  private static final class Unreachable implements KeyRepository {
    @Override
    public RepositorySnapshot readAll() {
      throw new StoreUnavailableException("store unreachable", null);
    }

    @Override
    public void store(KeyItem item) {
      throw new StoreUnavailableException("store unreachable", null);
    }

    @Override
    public boolean storeNewDefault(KeyItem item, String expectedVersion) {
      throw new StoreUnavailableException("store unreachable", null);
    }

    @Override
    public String describe() {
      return "a store that is unreachable";
    }
  }
}
