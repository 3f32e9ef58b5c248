package io.sharedredis.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** Rings at rest under a key of a vault: the real Azure client against a stand-in with real RSA. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KeyVaultTest {

  private static final String KEY = "https://unit.vault.azure.net/keys/ring";

  private final InMemoryKeyRepository store = new InMemoryKeyRepository();
  private FakeKeyVault vault;
  private VaultTraffic traffic;
  private String version;

  @BeforeEach
  void start() throws IOException {
    vault = new FakeKeyVault();
    traffic = new VaultTraffic(vault::port);
    version = vault.roll("ring");
  }

  @AfterEach
  void stop() {
    vault.close();
  }

  private KeyVaultOptions.Builder options() {
    return KeyVaultOptions.builder()
        .key(KEY)
        .deadline(Duration.ofSeconds(4))
        .pause(Duration.ZERO)
        .httpClient(traffic);
  }

  private KeyVault connect(KeyVaultOptions.Builder options) {
    return connect(options, VaultTraffic.credential());
  }

  private static KeyVault connect(KeyVaultOptions.Builder options, TokenCredential credential) {
    return KeyVault.connect(options.build(), credential, InstantSource.system());
  }

  private DataProtection open(KeyVault keyVault) {
    DataProtectionOptions.Builder options =
        DataProtectionOptions.builder().addSecretDecryptor(keyVault.decryptor());
    keyVault.encryptor(new SecureRandom()).ifPresent(options::secretEncryptor);
    return DataProtection.open(options.build(), store);
  }

  private DataProtection open() {
    return open(connect(options()));
  }

  private String onlyItem() {
    List<KeyItem> items = store.readAll().items();
    assertThat(items).hasSize(1);
    return items.get(0).xml();
  }

  private void replaceItem(String xml) {
    store.delete(store.readAll().items());
    store.store(new KeyItem(xml, ""));
  }

  @Test
  void payloadProtectedOnOneReplicaIsReadOnAnotherThroughTheVault() {
    String payload;
    try (DataProtection one = open()) {
      payload = one.protector("p").protect("secret");
    }
    assertThat(vault.calls).containsExactly("get ring", "wrapkey ring/" + version);
    try (DataProtection two = open()) {
      assertThat(two.protector("p").unprotect(payload)).isEqualTo("secret");
      assertThat(two.protector("p").unprotect(payload)).isEqualTo("secret");
      two.keyManager().refresh();
      two.protector("p").protect("more");
    }
    assertThat(vault.calls.subList(2, vault.calls.size()))
        .as("the opened key stays in memory")
        .containsExactly("unwrapkey ring/" + version);
    assertThat(traffic.hosts).containsOnly("unit.vault.azure.net");
  }

  @Test
  void storedElementIsTheOneOfDotNet() {
    try (DataProtection ring = open()) {
      ring.protector("p").protect("x");
    }
    String base64 = "[A-Za-z0-9+/]+={0,2}";
    assertThat(onlyItem())
        .doesNotContain("<masterKey")
        .containsPattern(
            "<encryptedSecret decryptorType=\"Azure\\.Extensions\\.AspNetCore\\.DataProtection"
                + "\\.Keys\\.AzureKeyVaultXmlDecryptor, Azure\\.Extensions\\.AspNetCore"
                + "\\.DataProtection\\.Keys, Version=1\\.[0-9]+\\.[0-9]+\\.0, Culture=neutral,"
                + " PublicKeyToken=92742159e12e44c8\""
                + " xmlns=\"http://schemas.asp.net/2015/03/dataProtection\">"
                + "<encryptedKey xmlns=\"\"><!-- This key is encrypted with Azure Key Vault. -->"
                + "<kid>"
                + KEY.replace(".", "\\.")
                + "/"
                + version
                + "</kid><key>"
                + base64
                + "</key><iv>"
                + base64
                + "</iv><value>"
                + base64
                + "</value></encryptedKey></encryptedSecret>");
  }

  @Test
  void legacyDecryptorNameIsRead() {
    String payload;
    try (DataProtection ring = open()) {
      payload = ring.protector("p").protect("old");
    }
    replaceItem(
        onlyItem()
            .replaceFirst(
                "decryptorType=\"[^\"]*\"",
                "decryptorType=\"Microsoft.AspNetCore.DataProtection.AzureKeyVault"
                    + ".AzureKeyVaultXmlDecryptor, Microsoft.AspNetCore.DataProtection"
                    + ".AzureKeyVault, Version=3.1.24.0, Culture=neutral,"
                    + " PublicKeyToken=adb9793829ddae60\""));
    try (DataProtection ring = open()) {
      assertThat(ring.protector("p").unprotect(payload)).isEqualTo("old");
      assertThat(store.readAll().items()).hasSize(1);
    }
  }

  @Test
  void keyMadeBeforeTheVaultRolledOverStaysReadable() {
    String before;
    try (DataProtection ring = open()) {
      before = ring.protector("p").protect("before");
    }
    String next = vault.roll("ring");
    try (DataProtection ring = open()) {
      Key made =
          ring.keyManager()
              .create(
                  ring.keyManager().ring().loadedAt().plusSeconds(60),
                  ring.keyManager().ring().loadedAt().plus(Duration.ofDays(30)));
      assertThat(ring.keyManager().ring().defaultKey().id()).isEqualTo(made.id());
      assertThat(store.readAll().items().get(1).xml()).contains(KEY + "/" + next);
    }
    try (DataProtection ring = open()) {
      String after = ring.protector("p").protect("after");
      assertThat(ring.protector("p").unprotect(before)).isEqualTo("before");
      assertThat(ring.protector("p").unprotect(after)).isEqualTo("after");
    }
    assertThat(vault.calls).contains("unwrapkey ring/" + version, "unwrapkey ring/" + next);
  }

  @Test
  void keyIdOutOfTheStoreThatIsNotAllowedIsRefusedWithoutAnyCall() {
    String payload;
    try (DataProtection ring = open()) {
      payload = ring.protector("p").protect("x");
    }
    String genuine = onlyItem();
    for (String foreign :
        List.of(
            "https://evil.example/keys/ring/" + version,
            "https://other.vault.azure.net/keys/ring/" + version,
            "https://unit.vault.azure.net.evil.example/keys/ring/" + version,
            "https://unit.vault.azure.net@evil.example/keys/ring/" + version,
            "https://evil.example#https://unit.vault.azure.net/keys/ring/" + version,
            "https://unit.vault.azure.net:444/keys/ring/" + version,
            "http://unit.vault.azure.net/keys/ring/" + version,
            "http://169.254.169.254/metadata/identity/oauth2/token",
            "https://unit.vault.azure.net/keys/another/" + version,
            "https://unit.vault.azure.net/keys/ring/../../secrets/ring",
            "https://unit.vault.azure.net/keys/ring/" + version + "?x=y",
            "https://unit.vault.azure.net/keys/ring",
            "")) {
      replaceItem(genuine.replaceFirst("<kid>[^<]*</kid>", "<kid>" + foreign + "</kid>"));
      traffic.hosts.clear();
      KeyVaultOptions.Builder readOnly =
          KeyVaultOptions.builder().allowedKey(KEY).httpClient(traffic);
      try (DataProtection ring = open(connect(readOnly))) {
        String unread = payload;
        assertThatThrownBy(() -> ring.protector("p").unprotect(unread))
            .as(foreign)
            .isInstanceOf(DataProtectionException.class);
        Key key = ring.keyManager().read().get(0);
        assertThat(key.isUsable()).as(foreign).isFalse();
        assertThatThrownBy(key::material)
            .hasMessageContaining("not among the allowed keys")
            .hasMessageContaining(foreign.isEmpty() ? "''" : foreign);
      }
      assertThat(traffic.hosts).as(foreign).isEmpty();
    }
  }

  @Test
  void allowedKeysOfOtherVaultsAreRead() {
    try (DataProtection ring = open()) {
      String payload = ring.protector("p").protect("theirs");
      for (String allowed :
          List.of(
              "https://unit.vault.azure.net",
              "https://UNIT.vault.azure.net:443/",
              KEY,
              KEY + "/" + version)) {
        KeyVaultOptions.Builder reader =
            KeyVaultOptions.builder()
                .key("https://mine.vault.azure.net/keys/mine")
                .allowedKey(allowed)
                .httpClient(traffic);
        try (DataProtection other = open(connect(reader))) {
          assertThat(other.protector("p").unprotect(payload)).isEqualTo("theirs");
        }
      }
      KeyVaultOptions.Builder otherVersion =
          KeyVaultOptions.builder().allowedKey(KEY + "/" + "0".repeat(32)).httpClient(traffic);
      try (DataProtection other = open(connect(otherVersion))) {
        assertThat(other.keyManager().read().get(0).isUsable()).isFalse();
      }
    }
  }

  @Test
  void vaultThatIsAwayAtTheStartNeitherBlocksItNorLeadsToAKey() {
    String payload;
    try (DataProtection ring = open()) {
      payload = ring.protector("p").protect("x");
    }
    for (int status : new int[] {403, 404, 429, 503}) {
      vault.answerAll(status, "Trouble");
      try (DataProtection ring = open(connect(options().deadline(Duration.ofSeconds(2))))) {
        assertThatThrownBy(() -> ring.protector("p").unprotect(payload))
            .as("status %d", status)
            .isInstanceOf(DataProtectionException.class);
        assertThatThrownBy(() -> ring.keyManager().refresh())
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("unwrapKey " + KEY);
        assertThat(store.readAll().items()).as("no key was made").hasSize(1);
        vault.recover();
        assertThat(ring.protector("p").unprotect(payload)).isEqualTo("x");
      }
    }
  }

  @Test
  void vaultThatDoesNotAnswerCostsOneDeadlineNotOneForEachCaller() {
    String payload;
    try (DataProtection ring = open()) {
      payload = ring.protector("p").protect("x");
    }
    vault.hang();
    KeyVaultOptions.Builder patient =
        options().deadline(Duration.ofMillis(300)).pause(Duration.ofSeconds(30));
    long begun = System.nanoTime();
    try (DataProtection ring = open(connect(patient))) {
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> ring.protector("p").unprotect(payload))
            .isInstanceOf(DataProtectionException.class);
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    assertThat(vault.calls.stream().filter(call -> call.startsWith("unwrapkey")).count())
        .isEqualTo(1);
  }

  @Test
  void ringGoesOnWithTheKeysItHasWhileTheVaultIsAway() {
    try (DataProtection ring = open()) {
      String payload = ring.protector("p").protect("x");
      vault.close();
      ring.keyManager().refresh();
      assertThat(ring.protector("p").unprotect(payload)).isEqualTo("x");
      assertThat(ring.protector("p").unprotect(ring.protector("p").protect("y"))).isEqualTo("y");
      assertThatThrownBy(() -> ring.keyManager().create())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("Key Vault");
    }
  }

  @Test
  void throttlingVaultIsLeftAloneForAsLongAsItAsks() {
    try (DataProtection ring = open()) {
      ring.protector("p").protect("x");
    }
    vault.answerAll(429, "Throttled", "Retry-After", "30");
    try (DataProtection ring = open()) {
      Key key = ring.keyManager().read().get(0);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(key::isUsable)
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("throttles");
      }
    }
    assertThat(vault.calls.stream().filter(call -> call.startsWith("unwrapkey")).count())
        .as("the ring's own read may have come at the same moment")
        .isBetween(1L, 2L);
  }

  @Test
  void wrappedKeyThatTheVaultRefusesIsBrokenNotAway() {
    try (DataProtection ring = open()) {
      ring.protector("p").protect("x");
    }
    String genuine = onlyItem();
    replaceItem(genuine.replaceFirst("<key>[^<]{8}", "<key>AAAAAAAA"));
    try (DataProtection ring = open()) {
      assertThat(ring.keyManager().read().get(0).isUsable()).isFalse();
      int calls = vault.calls.size();
      assertThat(ring.keyManager().ring().keys()).as("a new key was made").hasSize(2);
      assertThat(vault.calls.subList(calls, vault.calls.size()))
          .as("what is broken is not asked for again")
          .noneMatch(call -> call.startsWith("unwrapkey"));
    }
  }

  @Test
  void keyWhoseVaultKeyWasDestroyedIsBroken() {
    try (DataProtection ring = open()) {
      ring.protector("p").protect("x");
    }
    vault.destroy("ring");
    vault.roll("ring2");
    KeyVaultOptions.Builder moved =
        KeyVaultOptions.builder()
            .key("https://unit.vault.azure.net/keys/ring2")
            .allowedKey(KEY)
            .httpClient(traffic);
    try (DataProtection ring = open(connect(moved))) {
      assertThat(ring.protector("p").unprotect(ring.protector("p").protect("y"))).isEqualTo("y");
      assertThat(ring.keyManager().keys()).hasSize(2);
    }
  }

  @Test
  void brokenElementsAreAnsweredAlike() {
    try (DataProtection ring = open()) {
      ring.protector("p").protect("x");
    }
    String genuine = onlyItem();
    for (String broken :
        List.of(
            genuine.replaceFirst("<value>[^<]*</value>", "<value>AAAA</value>"),
            genuine.replaceFirst("<value>[^<]*</value>", ""),
            genuine.replaceFirst("<iv>[^<]*</iv>", "<iv>!</iv>"),
            genuine.replaceFirst("<iv>[^<]*</iv>", "<iv>AAAA</iv>"),
            genuine.replaceFirst("<key>[^<]*</key>", ""),
            genuine.replaceFirst("<kid>[^<]*</kid>", ""))) {
      replaceItem(broken);
      try (DataProtection ring = open()) {
        assertThatThrownBy(() -> ring.keyManager().read().get(0).material())
            .hasMessage("the key cannot be used: the secret cannot be decrypted");
      }
    }
  }

  @Test
  void tokenServiceThatIsAwayOrBlocksIsAnOutage() {
    try (DataProtection ring = open()) {
      ring.protector("p").protect("x");
    }
    KeyVaultOptions.Builder quick = options().deadline(Duration.ofMillis(400));
    List<TokenCredential> troubled =
        List.of(
            request -> Mono.error(new IllegalStateException("no identity here")),
            request -> Mono.never(),
            request ->
                Mono.fromCallable(
                    () -> {
                      Thread.currentThread().join(5_000);
                      return null;
                    }));
    for (TokenCredential credential : troubled) {
      try (DataProtection ring = open(connect(quick, credential))) {
        Key key = ring.keyManager().read().get(0);
        assertThatThrownBy(key::isUsable).isInstanceOf(StoreUnavailableException.class);
      }
    }
  }

  private DataProtection openAuthenticated(String secretId) {
    return DataProtection.open(
        DataProtectionOptions.builder()
            .entryAuthentication(connect(options()).entryAuthentication(secretId))
            .build(),
        store);
  }

  @Test
  void secretOfTheVaultAuthenticatesEntries() {
    String secretId = "https://unit.vault.azure.net/secrets/ring";
    String forged;
    try (DataProtection attacker = DataProtection.open(plain(), store)) {
      forged = attacker.protector("p").protect("forged");
    }
    vault.secret("ring", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    vault.answerAll(503, "Away", "Retry-After", "0");
    try (DataProtection one = openAuthenticated(secretId);
        DataProtection two = openAuthenticated(secretId)) {
      assertThatThrownBy(() -> one.protector("p").unprotect(forged))
          .isInstanceOf(DataProtectionException.class)
          .hasMessageContaining("get " + secretId);
      assertThat(store.readAll().items()).as("no key was made meanwhile").hasSize(1);
      vault.recover();
      String payload = one.protector("p").protect("genuine");
      assertThat(two.protector("p").unprotect(payload)).isEqualTo("genuine");
      assertThatThrownBy(() -> two.protector("p").unprotect(forged))
          .hasMessageContaining("not authenticated");
      int asked = vault.calls.size();
      one.keyManager().refresh();
      assertThat(vault.calls).as("the secret stays in memory").hasSize(asked);
    }
  }

  @Test
  void secretThatCannotWorkIsNamedWithoutItsValue() {
    String secretId = "https://unit.vault.azure.net/secrets/ring";
    for (String value : List.of("c2hvcnQ=", "not~base64~at~all")) {
      vault.secret("ring", value);
      try (DataProtection ring = openAuthenticated(secretId)) {
        assertThatThrownBy(() -> ring.protector("p").protect("x"))
            .isInstanceOf(DataProtectionException.class)
            .hasMessageContaining(value.startsWith("not") ? "not base64" : "5 bytes")
            .hasMessageNotContaining(value);
      }
    }
    assertThatThrownBy(() -> openAuthenticated("https://unit.vault.azure.net/keys/ring"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entrySecret");
  }

  private static DataProtectionOptions plain() {
    return DataProtectionOptions.builder().build();
  }

  @Test
  void settingsThatCannotWorkAreNamed() {
    assertThatThrownBy(() -> KeyVaultOptions.builder().key("ring"))
        .hasMessageContaining("key is 'ring'");
    assertThatThrownBy(() -> KeyVaultOptions.builder().key("http://a.vault.azure.net/keys/ring"))
        .hasMessageContaining("https://NAME.vault.azure.net/keys/KEY");
    assertThatThrownBy(() -> KeyVaultOptions.builder().allowedKey("*").build())
        .hasMessageContaining("allowedKeys is '*'");
    assertThatThrownBy(() -> KeyVaultOptions.builder().deadline(Duration.ofHours(1)))
        .hasMessageContaining("deadline is PT1H");
    assertThatThrownBy(() -> KeyVaultOptions.builder().pause(Duration.ofSeconds(-1)))
        .hasMessageContaining("pause is PT-1S");
  }
}
