package io.sharedredis.playground.control;

import io.sharedredis.playground.farm.FarmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How to reach the running farm. Only the owner may read the file, because who has the token may
 * stop the farm.
 *
 * @param port loopback port
 * @param token secret that every command carries
 */
record ControlFile(int port, String token) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Path in(Path runDirectory) {
    return runDirectory.resolve("control.json");
  }

  static ControlFile read(Path runDirectory) {
    Path file = in(runDirectory);
    try {
      return JSON.readValue(Files.readAllBytes(file), ControlFile.class);
    } catch (IOException | JacksonException e) {
      throw new FarmException("no farm runs in " + runDirectory + " (no readable " + file + ")", e);
    }
  }

  void write(Path runDirectory) {
    Path file = in(runDirectory);
    try {
      Files.deleteIfExists(file);
      boolean posix = Files.getFileStore(runDirectory).supportsFileAttributeView("posix");
      FileAttribute<?>[] ownerOnly =
          posix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0];
      Files.createFile(file, ownerOnly);
      Files.write(file, JSON.writeValueAsBytes(this));
    } catch (IOException e) {
      throw new FarmException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "ControlFile[port=" + port + "]";
  }
}
