package io.sharedredis.spring.web;

import java.util.Map;

/**
 * What a probe says.
 *
 * @param up whether everything is as it should be: 200, else 503
 * @param checks name of each part to whether it is as it should be; no details, because probes are
 *     answered to everybody
 */
public record ProbeAnswer(boolean up, Map<String, Boolean> checks) {

  /** Up if every part is. */
  public static ProbeAnswer of(Map<String, Boolean> checks) {
    return new ProbeAnswer(!checks.containsValue(false), checks);
  }

  /** The answer as JSON; names are our own identifiers and need no escaping beyond quotes. */
  public String toJson(String replica) {
    StringBuilder json = new StringBuilder("{\"status\":\"").append(word(up)).append('"');
    json.append(",\"replica\":").append(quoted(replica)).append(",\"checks\":{");
    String separator = "";
    for (Map.Entry<String, Boolean> check : checks.entrySet()) {
      json.append(separator).append(quoted(check.getKey()));
      json.append(":\"").append(word(check.getValue())).append('"');
      separator = ",";
    }
    return json.append("}}").toString();
  }

  private static String word(boolean up) {
    return up ? "UP" : "DOWN";
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
