package io.sharedredis.spring.web;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;

/**
 * The twin of {@link ReplicaValve} for Jetty: stands before every application in the server, writes
 * {@code X-Replica} on each response and answers the probes at the root and below the context path.
 * What Jetty refuses before it has a request, a line that is no HTTP for one, has no header.
 */
public final class ReplicaHandler extends Handler.Wrapper {
  private final Probes probes;
  private final HttpField name;
  private volatile List<String> prefixes = List.of();

  /**
   * @param next what serves the rest
   */
  public ReplicaHandler(Probes probes, Handler next) {
    super(next);
    this.probes = probes;
    this.name = new HttpField(ReplicaValve.HEADER, probes.replica());
  }

  @Override
  protected void doStart() throws Exception {
    prefixes =
        getDescendants(ContextHandler.class).stream()
            .map(ContextHandler::getContextPath)
            .filter(path -> !path.equals("/"))
            .toList();
    super.doStart();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Response named = new Named(request, response, name);
    named.getHeaders().put(name);
    String path = request.getHttpURI().getDecodedPath();
    var answer = path == null ? null : probes.answer(withoutContext(path)).orElse(null);
    if (answer == null) {
      return super.handle(request, named, callback);
    }
    write(request, named, answer, callback);
    return true;
  }

  private String withoutContext(String path) {
    for (String prefix : prefixes) {
      if (path.startsWith(prefix + "/")) {
        return path.substring(prefix.length());
      }
    }
    return path;
  }

  private void write(Request request, Response response, ProbeAnswer answer, Callback callback) {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
      response.setStatus(405);
      callback.succeeded();
      return;
    }
    byte[] body = answer.toJson(probes.replica()).getBytes(StandardCharsets.UTF_8);
    response.setStatus(answer.up() ? 200 : 503);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  /** Has the header again where an application has begun its response anew. */
  private static final class Named extends Response.Wrapper {
    private final HttpField name;

    Named(Request request, Response response, HttpField name) {
      super(request, response);
      this.name = name;
    }

    @Override
    public void write(boolean last, ByteBuffer bytes, Callback callback) {
      if (!isCommitted()) {
        getHeaders().put(name);
      }
      super.write(last, bytes, callback);
    }
  }
}
