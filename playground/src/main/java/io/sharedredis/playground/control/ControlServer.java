package io.sharedredis.playground.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sharedredis.playground.farm.Farm;
import io.sharedredis.playground.farm.FarmException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Takes commands for the running farm on a loopback port, one after another. */
public final class ControlServer implements AutoCloseable {

  /** Header that carries the token. */
  static final String TOKEN_HEADER = "X-Control-Token";

  /** 128 random bits: nobody guesses that over a loopback connection. */
  private static final int TOKEN_BYTES = 16;

  private final HttpServer server;
  private final Farm farm;
  private final Runnable stop;
  private final ControlFile access;
  private final Path file;

  private ControlServer(
      HttpServer server, Farm farm, Runnable stop, ControlFile access, Path file) {
    this.server = server;
    this.farm = farm;
    this.stop = stop;
    this.access = access;
    this.file = file;
  }

  /**
   * Opens the port and writes the file that tells where it is.
   *
   * @param stop what a {@code stop} command sets off; must return at once
   */
  public static ControlServer start(
      Farm farm, Path runDirectory, SecureRandom random, Runnable stop) {
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      ControlFile access =
          new ControlFile(server.getAddress().getPort(), HexFormat.of().formatHex(token));
      ControlServer control =
          new ControlServer(server, farm, stop, access, ControlFile.in(runDirectory));
      server.createContext("/", control::handle);
      server.start();
      access.write(runDirectory);
      return control;
    } catch (IOException e) {
      throw new FarmException("cannot open the control port: " + e.getMessage(), e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!authentic(exchange.getRequestHeaders().getFirst(TOKEN_HEADER))) {
        answer(exchange, 403, "wrong token");
        return;
      }
      String[] path = exchange.getRequestURI().getPath().substring(1).split("/");
      try {
        if (path[0].equals("stop")) {
          // Answered first: the farm closes this port when it goes.
          answer(exchange, 200, "the farm stops");
          exchange.close();
          stop.run();
          return;
        }
        answer(exchange, 200, carryOut(path[0], path.length > 1 ? path[1] : ""));
      } catch (FarmException e) {
        answer(exchange, 400, String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private String carryOut(String command, String name) throws InterruptedException {
    switch (command) {
      case "kill":
        return farm.kill(name);
      case "restart":
        return farm.restart(name);
      case "status":
        return farm.table();
      default:
        throw new FarmException("no such command: " + command);
    }
  }

  private boolean authentic(@Nullable String token) {
    return token != null
        && MessageDigest.isEqual(
            token.getBytes(StandardCharsets.UTF_8),
            access.token().getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Closes the port and removes the file. */
  @Override
  public void close() {
    server.stop(0);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new FarmException("cannot delete " + file, e);
    }
  }
}
