package io.sharedredis.dataprotection.aspnet.ticket;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Properties of a ticket, text by text, in their order: {@code AuthenticationProperties} of ASP.NET
 * Core. A value that cannot be read counts as absent.
 */
public record TicketProperties(Map<String, String> items) {
  /** No properties. */
  public static final TicketProperties EMPTY = new TicketProperties(Map.of());

  private static final String ISSUED = ".issued";
  private static final String EXPIRES = ".expires";
  private static final String PERSISTENT = ".persistent";
  private static final String REDIRECT = ".redirect";
  private static final String REFRESH = ".refresh";
  private static final String TOKEN = ".Token.";

  public TicketProperties {
    items = Collections.unmodifiableMap(new LinkedHashMap<>(items));
  }

  public Optional<String> get(String key) {
    return Optional.ofNullable(items.get(key));
  }

  /** When the ticket was issued, to the second. */
  public Optional<Instant> issued() {
    return get(ISSUED).flatMap(RfcDate::parse);
  }

  /** The last instant at which the ticket is accepted, to the second. */
  public Optional<Instant> expires() {
    return get(EXPIRES).flatMap(RfcDate::parse);
  }

  /** Whether the cookie outlives the browser; any value says yes. */
  public boolean isPersistent() {
    return items.containsKey(PERSISTENT);
  }

  /** Whether the ticket may be renewed; empty where nothing is said. */
  public Optional<Boolean> allowRefresh() {
    String text = items.getOrDefault(REFRESH, "").strip();
    if (text.equalsIgnoreCase("true")) {
      return Optional.of(true);
    }
    return text.equalsIgnoreCase("false") ? Optional.of(false) : Optional.empty();
  }

  /** Where to go after sign-in. */
  public Optional<String> redirect() {
    return get(REDIRECT);
  }

  /** A stored token, such as {@code access_token}. */
  public Optional<String> token(String name) {
    return get(TOKEN + name);
  }

  public TicketProperties with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(items);
    more.put(key, value);
    return new TicketProperties(more);
  }

  public TicketProperties withIssued(Instant issued) {
    return with(ISSUED, RfcDate.format(issued));
  }

  public TicketProperties withExpires(Instant expires) {
    return with(EXPIRES, RfcDate.format(expires));
  }

  public TicketProperties persistent() {
    return with(PERSISTENT, "");
  }

  /** Names of the properties only: values may be tokens. */
  @Override
  public String toString() {
    return "TicketProperties" + items.keySet();
  }
}
