package io.sharedredis.dataprotection.aspnet.ticket;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One statement about a user.
 *
 * @param valueType by default {@link ClaimTypes#STRING}
 * @param issuer by default {@link ClaimTypes#LOCAL_AUTHORITY}
 * @param originalIssuer by default the issuer
 * @param properties in their order; seldom any
 */
public record TicketClaim(
    String type,
    String value,
    String valueType,
    String issuer,
    String originalIssuer,
    Map<String, String> properties) {
  public TicketClaim {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }

  /** A claim with the defaults of .NET. */
  public static TicketClaim of(String type, String value) {
    return new TicketClaim(
        type,
        value,
        ClaimTypes.STRING,
        ClaimTypes.LOCAL_AUTHORITY,
        ClaimTypes.LOCAL_AUTHORITY,
        Map.of());
  }
}
