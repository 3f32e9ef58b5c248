package io.sharedredis.starter.atrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.spring.web.ReadinessCondition;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.DataProtectionCustomizer;
import io.sharedredis.starter.FarmAutoConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Each run is a replica; the ring lies in a directory that they share. */
class KeysAtRestAutoConfigurationTest {

  private static final String PREFIX = "shared-redis.data-protection.";

  @TempDir private Path folder;
  private ApplicationContextRunner replica;

  @BeforeEach
  void prepare() {
    replica =
        new ApplicationContextRunner()
            .withConfiguration(
                AutoConfigurations.of(
                    FarmAutoConfiguration.class,
                    DataProtectionAutoConfiguration.class,
                    KeysAtRestAutoConfiguration.class))
            .withPropertyValues(
                "shared-redis.application-name=shop",
                "IsClusterEnv=false",
                PREFIX + "directory=" + folder.resolve("ring"));
  }

  private ApplicationContextRunner with(String... settings) {
    String[] full = new String[settings.length];
    for (int i = 0; i < settings.length; i++) {
      full[i] = PREFIX + settings[i];
    }
    return replica.withPropertyValues(full);
  }

  private String certificate(String name) {
    try (var in = getClass().getResourceAsStream("/interop/data-protection/certificates/" + name)) {
      Path file = folder.resolve(name);
      Files.write(file, in.readAllBytes());
      return file.toString();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String stored() {
    StringBuilder all = new StringBuilder();
    new FileSystemKeyRepository(folder.resolve("ring"))
        .readAll()
        .items()
        .forEach(item -> all.append(item.xml()));
    return all.toString();
  }

  private String protect(ApplicationContextRunner which) {
    AtomicReference<String> payload = new AtomicReference<>();
    which.run(
        context ->
            payload.set(context.getBean(DataProtectionProvider.class).protector("p").protect("x")));
    return payload.get();
  }

  private void assertReads(ApplicationContextRunner which, String payload) {
    which.run(
        context ->
            assertThat(
                    context.getBean(DataProtectionProvider.class).protector("p").unprotect(payload))
                .isEqualTo("x"));
  }

  @Test
  void certificatesEncryptKeysAndRollOver() throws IOException {
    Path password = Files.writeString(folder.resolve("password"), "test\n");
    String old = certificate("rsa2048.pfx");
    String fresh = certificate("rsa2048-new.pfx");
    ApplicationContextRunner before =
        with(
            "require-encrypted-keys=true",
            "certificates[0].file=" + old,
            "certificates[0].password-file=" + password);
    String payload = protect(before);
    assertThat(stored()).contains("EncryptedData").doesNotContain("<masterKey");
    ApplicationContextRunner after =
        with(
            "require-encrypted-keys=true",
            "certificates[0].file=" + fresh,
            "certificates[0].password=test",
            "certificates[1].file=" + old,
            "certificates[1].password=test");
    assertReads(after, payload);
    after.run(
        context -> {
          KeyManager keys = context.getBean(KeyManager.class);
          Instant from = keys.ring().loadedAt().plusSeconds(60);
          keys.create(from, from.plus(Duration.ofDays(30)));
        });
    String underNew = protect(after);
    ApplicationContextRunner onlyNew =
        with(
            "auto-generate-keys=false",
            "certificates[0].file=" + fresh,
            "certificates[0].password=test");
    assertReads(onlyNew, underNew);
    onlyNew.run(
        context ->
            assertThatThrownBy(
                    () ->
                        context
                            .getBean(DataProtectionProvider.class)
                            .protector("p")
                            .unprotect(payload))
                .hasMessageContaining("no configured certificate"));
  }

  @Test
  void plaintextKeyOfSomebodyElseIsRefusedWhereEncryptionIsRequired() {
    String forged = protect(replica);
    with(
            "require-encrypted-keys=true",
            "certificates[0].file=" + certificate("rsa2048.pfx"),
            "certificates[0].password=test")
        .run(
            context -> {
              var protector = context.getBean(DataProtectionProvider.class).protector("p");
              assertThatThrownBy(() -> protector.unprotect(forged)).hasMessageContaining("refused");
              assertThat(protector.unprotect(protector.protect("y"))).isEqualTo("y");
            });
  }

  @Test
  void entriesAreAuthenticatedByTheSecretFile() throws IOException {
    String forged = protect(replica);
    Path secret = Files.write(folder.resolve("secret"), new byte[32]);
    ApplicationContextRunner guarded = with("entry-secret-file=" + secret);
    assertReads(guarded, protect(guarded));
    guarded.run(
        context ->
            assertThatThrownBy(
                    () ->
                        context
                            .getBean(DataProtectionProvider.class)
                            .protector("p")
                            .unprotect(forged))
                .hasMessageContaining("refused"));
  }

  @Test
  void readerMakesNoKey() {
    with("auto-generate-keys=false")
        .run(
            context ->
                assertThatThrownBy(
                        () ->
                            context
                                .getBean(DataProtectionProvider.class)
                                .protector("p")
                                .protect("x"))
                    .hasMessageContaining("autoGenerateKeys"));
    assertThat(stored()).isEmpty();
  }

  @Test
  void whatIsSlowWithKeysDoesNotHoldUpTheStart() {
    CountDownLatch slow = new CountDownLatch(1);
    replica
        .withPropertyValues("shared-redis.redis.connect-timeout=300ms")
        .withBean(
            DataProtectionCustomizer.class,
            () ->
                options ->
                    options.addEscrowSink(
                        xml -> {
                          try {
                            slow.await();
                          } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                          }
                        }))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean(KeyManager.class).loadedRing()).isEmpty();
              assertThat(context.getBean(ReadinessCondition.class).met()).isFalse();
              slow.countDown();
              var protector = context.getBean(DataProtectionProvider.class).protector("p");
              assertThat(protector.unprotect(protector.protect("x"))).isEqualTo("x");
              assertThat(context.getBean(ReadinessCondition.class).met()).isTrue();
            });
  }

  @Test
  void settingThatCannotBeUsedStopsTheStartAndIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("short"), "too short");
    assertRefused(with("entry-secret-file=" + file), "entry-secret-file", "9 bytes");
    assertRefused(
        with("entry-secret-file=" + folder.resolve("none")), "entry-secret-file", "cannot be read");
    assertRefused(
        with("certificates[0].file=" + file, "certificates[0].password=s3cret"),
        "certificates[0].file",
        "PKCS#12");
    assertRefused(
        with("require-encrypted-keys=true"), "require-encrypted-keys", "nothing encrypts");
  }

  private static void assertRefused(ApplicationContextRunner app, String... parts) {
    app.run(
        context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .satisfies(
                    failure ->
                        assertThat(failure.getMessage()).contains(parts).doesNotContain("s3cret")));
  }
}
