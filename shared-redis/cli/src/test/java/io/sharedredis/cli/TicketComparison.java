package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;

/** A ticket as it is shown against one as it is recorded, where members may be left out. */
final class TicketComparison {
  private static final String NAME = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
  private static final String ROLE = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
  private static final String STRING = "http://www.w3.org/2001/XMLSchema#string";
  private static final String LOCAL = "LOCAL AUTHORITY";

  private TicketComparison() {}

  static void check(JsonNode shown, JsonNode expected) {
    text(shown, expected, "scheme", "");
    assertThat(shown.get("identities").size()).isEqualTo(expected.get("identities").size());
    for (int i = 0; i < shown.get("identities").size(); i++) {
      identity(shown.get("identities").get(i), expected.get("identities").get(i));
    }
    map(shown.get("properties"), expected.get("properties"));
  }

  private static void identity(JsonNode shown, JsonNode expected) {
    text(shown, expected, "authentication_type", "");
    text(shown, expected, "name_claim_type", NAME);
    text(shown, expected, "role_claim_type", ROLE);
    assertThat(Recorded.text(shown.get("bootstrap_context")))
        .isEqualTo(Recorded.text(expected.get("bootstrap_context")));
    assertThat(shown.get("claims").size()).isEqualTo(expected.get("claims").size());
    for (int i = 0; i < shown.get("claims").size(); i++) {
      JsonNode ours = shown.get("claims").get(i);
      JsonNode theirs = expected.get("claims").get(i);
      text(ours, theirs, "type", "");
      text(ours, theirs, "value", "");
      text(ours, theirs, "value_type", STRING);
      text(ours, theirs, "issuer", LOCAL);
      String issuer = Recorded.text(theirs.get("issuer"));
      text(ours, theirs, "original_issuer", issuer == null ? LOCAL : issuer);
      map(ours.get("properties"), theirs.get("properties"));
    }
    assertThat(shown.has("actor")).isEqualTo(expected.has("actor"));
    if (expected.has("actor")) {
      identity(shown.get("actor"), expected.get("actor"));
    }
  }

  private static void map(JsonNode shown, JsonNode expected) {
    int size = expected == null ? 0 : expected.size();
    assertThat(shown == null ? 0 : shown.size()).isEqualTo(size);
    if (size > 0) {
      expected.propertyStream().forEach(entry -> text(shown, expected, entry.getKey(), ""));
    }
  }

  private static void text(JsonNode shown, JsonNode expected, String name, String absent) {
    String given = Recorded.text(expected.get(name));
    assertThat(Recorded.text(shown.get(name))).isEqualTo(given == null ? absent : given);
  }
}
