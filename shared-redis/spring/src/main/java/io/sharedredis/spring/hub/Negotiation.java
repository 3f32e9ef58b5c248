package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionIds;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code POST {hub}/negotiate}: always 200 with JSON, also for errors, as ASP.NET Core
 * does.
 */
final class Negotiation {

  /** Highest negotiate version; with it a token is handed out beside the public id. */
  private static final int VERSION = 1;

  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,10}");

  private final Claims claims;
  private final ConnectionIds ids;
  private final EndpointOptions options;

  Negotiation(Claims claims, ConnectionIds ids, EndpointOptions options) {
    this.claims = claims;
    this.ids = ids;
    this.options = options;
  }

  /**
   * @param versions values of the parameter {@code negotiateVersion}
   * @param stateful whether the client asks for stateful reconnect and may have it
   */
  String answer(String hubPath, List<String> versions, boolean stateful) {
    Integer asked = version(versions);
    if (asked == null) {
      return "{\"error\":\"The client requested a non-integer protocol version.\"}";
    }
    if (asked < options.minimumNegotiateVersion()) {
      return "{\"error\":\"The client requested version '"
          + asked
          + "', but the server does not support this version.\"}";
    }
    int version = Math.min(asked, VERSION);
    String id = ids.next();
    StringBuilder json = new StringBuilder(400);
    json.append(stateful ? "{\"useStatefulReconnect\":true," : "{");
    json.append("\"negotiateVersion\":").append(version);
    json.append(",\"connectionId\":\"").append(id).append('"');
    if (version > 0) {
      String token = claims.issue(hubPath, id, stateful);
      json.append(",\"connectionToken\":\"").append(token).append('"');
    } else {
      claims.reserve(hubPath, id);
    }
    json.append(",\"availableTransports\":[");
    String between = "";
    for (String transport : options.transports()) {
      json.append(between).append("{\"transport\":\"").append(transport);
      json.append("\",\"transferFormats\":[\"Text\"");
      json.append(transport.equals("ServerSentEvents") ? "]}" : ",\"Binary\"]}");
      between = ",";
    }
    return json.append("]}").toString();
  }

  private static @Nullable Integer version(List<String> values) {
    if (values.isEmpty()) {
      return 0;
    }
    String value = values.get(0).strip();
    if (values.size() > 1 || !INTEGER.matcher(value).matches()) {
      return null;
    }
    long number = Long.parseLong(value);
    return number == (int) number ? (int) number : null;
  }
}
