package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Element;
import tools.jackson.databind.JsonNode;

/** keyrings.json: the elements we write are, character for character, those .NET wrote. */
class KeyElementsInteropTest {
  @TestFactory
  Stream<DynamicTest> elementWrittenHereIsThatOfDotNet() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode ring : Interop.json("keyrings.json").get("rings")) {
      String name = ring.get("name").asString();
      // Left out: custom managed and CNG descriptors are read, never written here. Where a secret
      // is
      // encrypted it is random; the escrow form of the same key is not.
      String redis = ring.get("redis_items").toString();
      JsonNode items = ring.get(redis.contains("encryptedSecret") ? "escrow_items" : "redis_items");
      if (!redis.contains("ManagedAuth")
          && !redis.contains("CngCbcAuth")
          && !redis.contains("CngGcmAuth")) {
        for (int i = 0; i < items.size(); i++) {
          String xml = Interop.text(items.get(i));
          tests.add(
              DynamicTest.dynamicTest(
                  name + " " + i, () -> assertThat(rewritten(ring, xml)).isEqualTo(xml)));
        }
      }
    }
    return tests.stream();
  }

  private static String rewritten(JsonNode ring, String xml) {
    Element element = HardenedXml.parse(xml);
    return element.getLocalName().equals("key")
        ? key(ring, element)
        : revocation(element, xml.contains("<reason />"));
  }

  private static String key(JsonNode ring, Element element) {
    UUID id = GuidText.parse(element.getAttribute("id"));
    JsonNode key =
        StreamSupport.stream(ring.get("keys").spliterator(), false)
            .filter(node -> node.get("id").asString().equals(id.toString()))
            .findFirst()
            .orElseThrow();
    return KeyElements.key(
        id,
        Instant.parse(key.get("creation").asString()),
        Instant.parse(key.get("activation").asString()),
        Instant.parse(key.get("expiration").asString()),
        algorithm(element),
        Interop.base64(key.get("master_key_base64")));
  }

  private static KeyAlgorithm algorithm(Element key) {
    Element inner = HardenedXml.onlyChild(HardenedXml.child(key, "descriptor"));
    String cipher = HardenedXml.child(inner, "encryption").getAttribute("algorithm");
    Element validation = HardenedXml.child(inner, "validation");
    return KeyAlgorithm.valueOf(
        validation == null ? cipher : cipher + "_" + validation.getAttribute("algorithm"));
  }

  private static String revocation(Element element, boolean noReason) {
    String date = HardenedXml.child(element, "revocationDate").getTextContent();
    String id = HardenedXml.child(element, "key").getAttribute("id");
    Element reasonElement = HardenedXml.child(element, "reason");
    String reason = noReason ? null : reasonElement.getTextContent();
    return id.equals("*") ? mass(date, reason) : single(date, id, reason);
  }

  private static String single(String date, String id, String reason) {
    return KeyElements.revocation(UUID.fromString(id), Instant.parse(date), reason);
  }

  private static String mass(String date, String reason) {
    return KeyElements.massRevocation(OffsetDateTime.parse(date), reason);
  }

  @Test
  void missingReasonAndEmptyReasonAreWrittenApart() {
    UUID id = UUID.randomUUID();
    assertThat(KeyElements.revocation(id, Instant.EPOCH, null)).contains("<reason />");
    assertThat(KeyElements.revocation(id, Instant.EPOCH, "")).contains("<reason></reason>");
    assertThat(KeyElements.revocation(id, Instant.EPOCH, "a\r\nb\rc"))
        .contains("<reason>a\nb\nc</reason>");
  }

  @Test
  void massRevocationIsNamedByItsInstantInUtc() {
    assertThat(RevocationNames.ofMass(Instant.parse("2025-06-10T12:00:00.5Z")))
        .isEqualTo("revocation-20250610T1200005Z");
    assertThat(RevocationNames.ofMass(Instant.parse("2025-05-16T12:00:00Z")))
        .isEqualTo("revocation-20250516T120000Z");
  }
}
