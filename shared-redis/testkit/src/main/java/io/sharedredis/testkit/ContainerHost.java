package io.sharedredis.testkit;

import com.redis.testcontainers.RedisContainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/** A Redis server in a container, where a Docker engine answers. */
final class ContainerHost implements RedisHost {

  /** Fixed, so that a new Redis release cannot change the outcome of an old commit. */
  private static final DockerImageName IMAGE = DockerImageName.parse("redis:7.2-alpine");

  private final RedisContainer container;
  private final RedisOptions options;
  private final int port;

  ContainerHost(RedisOptions options) {
    this.options = options;
    // Bound to a port of our choice: one that Docker chooses would change at each restart.
    this.port = options.port() == 0 ? FreePorts.one() : options.port();
    this.container = new RedisContainer(IMAGE);
    container.setPortBindings(List.of(port + ":6379"));
    List<String> command = new ArrayList<>(List.of("redis-server"));
    for (String argument : options.commandLine(6379)) {
      command.add(argument.isEmpty() ? "\"\"" : argument);
    }
    container.setCommand(command.toArray(String[]::new));
    container.start();
    awaitAnswering();
  }

  static boolean available() {
    try {
      return DockerClientFactory.instance().isDockerAvailable();
    } catch (RuntimeException | LinkageError e) {
      return false;
    }
  }

  @Override
  public String url() {
    String credentials = options.password() == null ? "" : ":" + options.password() + "@";
    return "redis://" + credentials + container.getHost() + ":" + port;
  }

  @Override
  public boolean controlled() {
    return true;
  }

  @Override
  public void startAgain(boolean empty) {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
    awaitAnswering();
    if (empty) {
      command("FLUSHALL");
    }
  }

  @Override
  public void stop() {
    command("SAVE");
    container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void kill() {
    container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void pause() {
    container.getDockerClient().pauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void resume() {
    container.getDockerClient().unpauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void close() {
    container.stop();
  }

  private void awaitAnswering() {
    RespProbe.awaitAnswering(port, options.password(), () -> {});
  }

  private void command(String... words) {
    try {
      String answer = RespProbe.command(port, options.password(), words);
      if (answer.startsWith("-")) {
        throw new IllegalStateException(words[0] + " was refused: " + answer);
      }
    } catch (IOException e) {
      throw new IllegalStateException("could not send " + words[0] + " to the container", e);
    }
  }
}
