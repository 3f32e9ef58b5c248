package io.sharedredis.spring.web;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Stands before every application in Tomcat: writes {@code X-Replica} on each response, errors and
 * protocol upgrades included, and answers the probes at the root and below the context path.
 *
 * <p>Here and not in a filter, so that probes need neither login nor CSRF token nor session, and
 * answer at the root even of an application whose context path is not the root.
 */
public final class ReplicaValve extends ValveBase {

  /** Response header with the name of the replica that answered. */
  public static final String HEADER = "X-Replica";

  private final Probes probes;
  private final String contextPath;

  /**
   * @param contextPath of the application, empty or beginning with a slash
   */
  public ReplicaValve(Probes probes, String contextPath) {
    super(true);
    this.probes = probes;
    this.contextPath = contextPath.equals("/") ? "" : contextPath;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    response.setHeader(HEADER, probes.replica());
    String path = request.getDecodedRequestURI();
    if (path == null) {
      getNext().invoke(request, response);
      return;
    }
    if (!contextPath.isEmpty() && path.startsWith(contextPath + "/")) {
      path = path.substring(contextPath.length());
    }
    var answer = probes.answer(path);
    if (answer.isEmpty()) {
      getNext().invoke(request, response);
    } else {
      write(request, response, answer.get());
    }
  }

  private void write(Request request, Response response, ProbeAnswer answer) throws IOException {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      response.setStatus(405);
      return;
    }
    byte[] body = answer.toJson(probes.replica()).getBytes(StandardCharsets.UTF_8);
    response.setStatus(answer.up() ? 200 : 503);
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/json");
    response.setContentLength(body.length);
    if (method.equals("GET")) {
      response.getOutputStream().write(body);
    }
  }
}
