package io.sharedredis.dataprotection.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import io.sharedredis.dataprotection.interop.Interop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Tickets as the records describe them. */
public final class TicketJson {
  private TicketJson() {}

  public static Ticket ticket(JsonNode node) {
    return new Ticket(
        Interop.text(node.get("scheme")),
        identities(node.get("identities")),
        new TicketProperties(strings(node.get("properties"))));
  }

  public static List<TicketIdentity> identities(JsonNode nodes) {
    List<TicketIdentity> identities = new ArrayList<>();
    nodes.forEach(node -> identities.add(identity(node)));
    return identities;
  }

  public static TicketIdentity identity(JsonNode node) {
    List<TicketClaim> claims = new ArrayList<>();
    node.get("claims").forEach(claim -> claims.add(claim(claim)));
    String bootstrap = Interop.text(node.get("bootstrap_context"));
    return new TicketIdentity(
        text(node, "authentication_type", ""),
        text(node, "name_claim_type", ClaimTypes.NAME),
        text(node, "role_claim_type", ClaimTypes.ROLE),
        claims,
        bootstrap,
        node.has("actor") ? identity(node.get("actor")) : null);
  }

  private static TicketClaim claim(JsonNode node) {
    String issuer = text(node, "issuer", ClaimTypes.LOCAL_AUTHORITY);
    return new TicketClaim(
        text(node, "type", ""),
        text(node, "value", ""),
        text(node, "value_type", ClaimTypes.STRING),
        issuer,
        text(node, "original_issuer", issuer),
        strings(node.get("properties")));
  }

  private static Map<String, String> strings(JsonNode node) {
    Map<String, String> strings = new LinkedHashMap<>();
    if (node != null) {
      node.properties()
          .forEach(
              entry -> {
                String value = Interop.text(entry.getValue());
                strings.put(entry.getKey(), value == null ? "" : value);
              });
    }
    return strings;
  }

  private static String text(JsonNode node, String name, String absent) {
    String text = Interop.text(node.get(name));
    return text == null ? absent : text;
  }
}
