package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.TimeLimitedDataProtector;
import io.sharedredis.dataprotection.aspnet.DotNetReader;
import io.sharedredis.dataprotection.aspnet.DotNetWriter;
import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketFormat;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProtector;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/**
 * vectors.json: what concerns whole payloads and their contents, and that no group is forgotten.
 */
class VectorGroupsInteropTest {
  private static final JsonNode VECTORS = Interop.vectors();

  /** Longest text that is made for a length: beyond, only the reader is asked. */
  private static final int MAX_TEXT = 2_097_152;

  private static final String KEY =
      "<key id=\"%s\" version=\"1\"><creationDate>1999-01-01T00:00:00Z</creationDate>"
          + "<activationDate>1999-01-01T00:00:00Z</activationDate>"
          + "<expirationDate>2030-01-01T00:00:00Z</expirationDate>"
          + "<descriptor deserializerType=\"Microsoft.AspNetCore.DataProtection."
          + "AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer,"
          + " Microsoft.AspNetCore.DataProtection\"><descriptor>"
          + "<encryption algorithm=\"AES_256_CBC\" /><validation algorithm=\"HMACSHA256\" />"
          + "<masterKey><value>%s</value></masterKey></descriptor></descriptor></key>";

  @Test
  void everyGroupHasItsTest() {
    Set<String> tested =
        new TreeSet<>(
            Set.of(
                // VectorsTest
                "sp800_108_ctr_hmacsha512",
                "sp800_108_docs",
                "context_headers",
                "encryptor_known_key",
                "aad",
                "guid_bytes",
                "protected_payloads",
                // AntiforgeryVectorsTest
                "antiforgery_token_plaintext",
                "antiforgery_cookie_name",
                "antiforgery_claim_uid"));
    // DotNetTypeNameTest; DotNetFormTest of shared-redis-azure; this class
    tested.addAll(Set.of("type_name_version_stripping", "azure_key_vault_envelope"));
    tested.addAll(Set.of("time_limited", "seven_bit_lengths", "ticket"));
    Set<String> groups = new TreeSet<>(VECTORS.propertyNames());
    groups.remove("about");
    assertThat(groups).isEqualTo(tested);
  }

  @TestFactory
  Stream<DynamicTest> expiryStandsBeforeTheData() {
    int[] index = {0};
    return StreamSupport.stream(VECTORS.get("time_limited").spliterator(), false)
        .map(one -> DynamicTest.dynamicTest("time_limited " + index[0]++, () -> checkExpiry(one)));
  }

  private static void checkExpiry(JsonNode one) {
    byte[] inner = Interop.hex(one.get("inner_plaintext_hex"));
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("1999-12-31T00:00:00Z"));
    try (DataProtection ring = ring(VECTORS.get("time_limited").get(3), now::get)) {
      DataProtector outer = ring.protector("MyApp", "purpose");
      TimeLimitedDataProtector limited = outer.timeLimited();
      DataProtector inside =
          outer.protector("Microsoft.AspNetCore.DataProtection.TimeLimitedDataProtector.v1");
      if (one.has("payload_hex")) {
        byte[] data = Interop.hex(one.get("payload_hex"));
        String expiration = one.get("expiration").asString();
        byte[] payload =
            expiration.startsWith("DateTimeOffset.MaxValue")
                ? limited.protect(data)
                : limited.protect(data, Instant.parse(expiration));
        assertThat(inside.unprotect(payload)).isEqualTo(inner);
        assertThat(limited.unprotect(payload)).isEqualTo(data);
      } else if (one.has("protected_base64url")) {
        String text = one.get("protected_base64url").asString();
        assertThat(limited.unprotect(text)).isEqualTo("hello");
        now.set(Instant.parse("2000-01-01T00:00:00.000000100Z"));
        assertThatThrownBy(() -> limited.unprotect(text)).hasMessageContaining("expired");
      } else {
        assertThatThrownBy(() -> limited.unprotect(inside.protect(inner)))
            .isExactlyInstanceOf(DataProtectionException.class);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> lengthOfATextIsWrittenInSevenBitsAByte() {
    return StreamSupport.stream(VECTORS.get("seven_bit_lengths").spliterator(), false)
        .map(one -> DynamicTest.dynamicTest(one.get("value").asString(), () -> checkLength(one)));
  }

  private static void checkLength(JsonNode one) {
    byte[] prefix = Interop.hex(one.get("hex"));
    int length = one.get("value").asInt();
    if (length > MAX_TEXT) {
      assertThatThrownBy(() -> new DotNetReader(prefix).string())
          .isExactlyInstanceOf(DataProtectionException.class);
      return;
    }
    String text = "x".repeat(length);
    byte[] written = new DotNetWriter().string(text).toByteArray();
    assertThat(Arrays.copyOf(written, prefix.length)).isEqualTo(prefix);
    assertThat(written).hasSize(prefix.length + length);
    assertThat(new DotNetReader(written).string()).isEqualTo(text);
  }

  @Test
  void ticketIsThatOfTheVector() {
    JsonNode vector = VECTORS.get("ticket");
    Ticket ticket = ticket(vector.get("describes"));
    byte[] bytes = Interop.hex(vector.get("ticket_hex"));
    assertThat(TicketFormat.write(ticket)).isEqualTo(bytes);
    assertThat(TicketFormat.read(bytes)).isEqualTo(ticket);
    try (DataProtection ring = ring(vector, InstantSource.fixed(Instant.EPOCH))) {
      List<String> purposes = Interop.strings(vector.get("purposes"));
      TicketProtector cookies =
          TicketProtector.ofCookies(ring.protector(purposes.get(0)), purposes.get(2));
      assertThat(cookies.unprotect(vector.get("cookie_value").asString())).contains(ticket);
    }
  }

  private static Ticket ticket(JsonNode described) {
    JsonNode identity = described.get("identities").get(0);
    List<TicketClaim> claims =
        StreamSupport.stream(identity.get("claims").spliterator(), false)
            .map(
                claim ->
                    new TicketClaim(
                        claim.get("type").asString().startsWith("(default")
                            ? ClaimTypes.NAME
                            : claim.get("type").asString(),
                        claim.get("value").asString(),
                        ClaimTypes.STRING,
                        claim.get("issuer").asString(),
                        claim.get("issuer").asString(),
                        Map.of()))
            .toList();
    Map<String, String> properties = new LinkedHashMap<>();
    described
        .get("properties")
        .properties()
        .forEach(entry -> properties.put(entry.getKey(), entry.getValue().asString()));
    return new Ticket(
        described.get("scheme").asString(),
        List.of(TicketIdentity.of(identity.get("authenticationType").asString(), claims)),
        new TicketProperties(properties));
  }

  private static DataProtection ring(JsonNode vector, InstantSource clock) {
    return Interop.open(
        List.of(
            new KeyItem(
                String.format(
                    KEY,
                    vector.get("key_id").asString(),
                    vector.get("master_key_base64").asString()),
                "")),
        null,
        clock);
  }
}
