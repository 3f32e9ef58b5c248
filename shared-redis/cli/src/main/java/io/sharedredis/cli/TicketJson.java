package io.sharedredis.cli;

import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tickets as JSON; members as in {@code docs/cli.md}. */
final class TicketJson {
  private TicketJson() {}

  static Map<String, @Nullable Object> of(Ticket ticket) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("scheme", ticket.scheme());
    json.put("identities", ticket.identities().stream().map(TicketJson::of).toList());
    json.put("properties", ticket.properties().items());
    return json;
  }

  private static Map<String, @Nullable Object> of(TicketIdentity identity) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("authentication_type", identity.authenticationType());
    json.put("name_claim_type", identity.nameClaimType());
    json.put("role_claim_type", identity.roleClaimType());
    json.put("claims", identity.claims().stream().map(TicketJson::of).toList());
    if (identity.bootstrapContext() != null) {
      json.put("bootstrap_context", identity.bootstrapContext());
    }
    TicketIdentity actor = identity.actor();
    if (actor != null) {
      json.put("actor", of(actor));
    }
    return json;
  }

  private static Map<String, @Nullable Object> of(TicketClaim claim) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("type", claim.type());
    json.put("value", claim.value());
    json.put("value_type", claim.valueType());
    json.put("issuer", claim.issuer());
    json.put("original_issuer", claim.originalIssuer());
    if (!claim.properties().isEmpty()) {
      json.put("properties", claim.properties());
    }
    return json;
  }
}
