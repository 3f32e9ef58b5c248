package io.sharedredis.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Secrets from files and the environment: never from the command line, never in a message. */
final class Secrets {
  /** Bytes; a longer file is not a password but a wrong file. */
  private static final int MAX_LENGTH = 1 << 16;

  private static final String REDIS_PASSWORD = "REDIS_PASSWORD";

  private Secrets() {}

  /** The bytes of a file as they are, the line break of an editor included. */
  static byte[] bytes(String option, Path file) {
    try {
      if (Files.size(file) > MAX_LENGTH) {
        throw new UsageException(
            option + " " + file + " is larger than " + MAX_LENGTH + " bytes: not a secret");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UsageException(
          option + " " + file + " cannot be read: no such file, or no permission");
    }
  }

  /** A password: the text of a file without one final line break. */
  static char[] text(String option, Path file) {
    byte[] bytes = bytes(option, file);
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(LineBreaks.withoutFinal(bytes)))
              .toString();
      return text.toCharArray();
    } catch (CharacterCodingException e) {
      throw new UsageException(option + " " + file + " does not hold UTF-8 text");
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** The password of Redis, or null for none. */
  static char @Nullable [] redisPassword(@Nullable Path file, Surroundings io) {
    if (file != null) {
      char[] password = text("--redis-password-file", file);
      if (password.length == 0) {
        throw new UsageException(
            "--redis-password-file " + file + " is empty: put the password in it, or leave it out");
      }
      return password;
    }
    String password = io.environment().getOrDefault(REDIS_PASSWORD, "");
    return password.isEmpty() ? null : password.toCharArray();
  }
}
