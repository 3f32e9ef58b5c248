package io.sharedredis.playground.control;

import io.sharedredis.playground.farm.FarmException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Sends one command to the farm that runs in a directory. */
public final class ControlClient {

  /** A restart waits for the replica to stop first. */
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final Path runDirectory;

  /** Speaks to the farm in {@code runDirectory}. */
  public ControlClient(Path runDirectory) {
    this.runDirectory = runDirectory;
  }

  /**
   * Sends a command and returns the farm's answer for people.
   *
   * @throws FarmException if no farm runs there or it refuses
   */
  public String send(List<String> command) throws InterruptedException {
    ControlFile access = ControlFile.read(runDirectory);
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://localhost:" + access.port() + "/" + String.join("/", command)))
            .header(ControlServer.TOKEN_HEADER, access.token())
            .timeout(LIMIT)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new FarmException(response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new FarmException("the farm in " + runDirectory + " does not answer", e);
    }
  }
}
