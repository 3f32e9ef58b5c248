package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyRing;
import io.sharedredis.dataprotection.keyring.KeyRingAssembly;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import io.sharedredis.dataprotection.xml.XmlLayout;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * One item of any text among sound ones. Either the load aborts and the ring that was there stays,
 * or the sound key is there and what was revoked is revoked; the order of items means nothing.
 */
class KeyRingItemFuzzTest {
  private static final String PROLOGUE = "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
  private static final UUID SOUND = new UUID(1, 1);
  private static final UUID REVOKED = new UUID(2, 2);
  private static final KeyItem SOUND_KEY = key(SOUND, 1);
  private static final KeyItem REVOKED_KEY = key(REVOKED, 2);
  private static final KeyItem REVOCATION =
      new KeyItem(
          "<revocation version=\"1\"><revocationDate>2025-02-01T00:00:00Z</revocationDate><key id=\""
              + REVOKED
              + "\" /><reason /></revocation>",
          "");
  private static final Set<String> SECRETS =
      Set.of(
          Base64.getEncoder().encodeToString(FuzzRing.masterKey(1)),
          Base64.getEncoder().encodeToString(FuzzRing.masterKey(2)));

  private static final Store STORE = new Store();
  private static final KeyRingAssembly RING =
      KeyRingAssembly.of(
          DataProtectionOptions.builder().autoGenerateKeys(false).build(),
          STORE,
          InstantSource.fixed(FuzzRing.NOW),
          new SecureRandom(),
          task -> {});

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void keyRingItem(byte[] input) {
    String xml = new String(input, StandardCharsets.UTF_8);
    KeyItem odd = new KeyItem(xml, "");
    Answer<KeyRing> sound = read(SOUND_KEY, REVOKED_KEY, REVOCATION);
    KeyRing before = sound.get();
    Answer<KeyRing> answer =
        Cost.bounded(input.length, () -> read(odd, SOUND_KEY, REVOKED_KEY, REVOCATION));
    if (answer.isRefused()) {
      // The old ring stays, unless all that is wrong with the new one is that it revokes the key.
      KeyRing held = RING.ring().loaded().orElseThrow();
      assertThat(held == before || held.find(SOUND).orElseThrow().isRevoked()).isTrue();
      assertThat(held.find(REVOKED)).get().matches(Key::isRevoked);
      assertThat(SECRETS).noneMatch(answer.refusal()::contains);
    } else {
      assertThat(answer.get().find(SOUND)).isPresent();
      assertThat(answer.get().find(REVOKED)).get().matches(Key::isRevoked);
      assertThat(answer.get().defaultKey()).matches(key -> !key.isRevoked() && key.isUsable());
    }
    Answer<KeyRing> reversed = read(REVOCATION, REVOKED_KEY, SOUND_KEY, odd);
    assertThat(described(reversed)).isEqualTo(described(answer));
    String compact = XmlLayout.compact(xml);
    if (!answer.isRefused() && isWritten(compact)) {
      // What travels through a file of the mirror is the same item.
      assertThat(XmlLayout.compact(PROLOGUE + XmlLayout.indented(compact))).isEqualTo(compact);
      Answer<KeyRing> filed = read(new KeyItem(compact, ""), SOUND_KEY, REVOKED_KEY, REVOCATION);
      assertThat(described(filed)).isEqualTo(described(answer));
    }
  }

  /** Whether it is of the plain form that key rings are written in: no document type, no PI. */
  private static boolean isWritten(String xml) {
    return !xml.contains("<!D") && !xml.contains("<?");
  }

  private static Set<String> described(Answer<KeyRing> answer) {
    Set<String> described = new TreeSet<>();
    if (answer.isRefused()) {
      return described;
    }
    for (Key key : answer.get().keys()) {
      described.add(
          String.join(
              " ",
              key.toString(),
              key.creation().toString(),
              key.activation().toString(),
              key.expiration().toString(),
              String.valueOf(key.isUsable())));
    }
    described.add("default " + answer.get().defaultKey());
    return described;
  }

  private static Answer<KeyRing> read(KeyItem... items) {
    STORE.items = List.of(items);
    return Answer.of(RING.keys()::refresh);
  }

  private static KeyItem key(UUID id, int number) {
    return new KeyItem(
        FuzzRing.key(id, "AES_256_CBC", "HMACSHA256", FuzzRing.masterKey(number)), "");
  }

  static Stream<byte[]> keyRingItem() {
    JsonNode verdicts = Interop.json("keyring-reader-verdicts.json");
    return Stream.concat(
            StreamSupport.stream(verdicts.get("cases").spliterator(), false)
                .flatMap(odd -> Interop.strings(odd.get("items")).stream())
                .map(item -> expanded(verdicts, item)),
            Stream.of(
                SOUND_KEY.xml(),
                REVOCATION.xml(),
                XmlLayout.indented(REVOCATION.xml()),
                "<a>".repeat(100) + "</a>".repeat(100)))
        .filter(item -> item.length() < 4096)
        .distinct()
        .map(Interop::utf8);
  }

  private static String expanded(JsonNode verdicts, String item) {
    String expanded = item;
    for (Map.Entry<String, JsonNode> part : verdicts.get("replace_in_items").properties()) {
      expanded = expanded.replace(part.getKey(), Interop.text(part.getValue()));
    }
    return expanded;
  }

  /** A store that holds what it is told. */
  private static final class Store implements KeyRepository {
    private List<KeyItem> items = List.of();

    @Override
    public RepositorySnapshot readAll() {
      return new RepositorySnapshot(items, "", "");
    }

    @Override
    public void store(KeyItem item) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean storeNewDefault(KeyItem item, String expectedVersion) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String describe() {
      return "the fuzzer's store";
    }
  }
}
