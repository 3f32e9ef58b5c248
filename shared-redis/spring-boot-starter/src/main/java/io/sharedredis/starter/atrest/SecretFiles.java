package io.sharedredis.starter.atrest;

import io.sharedredis.starter.InvalidSettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Secrets that settings name a file for; no message shows what is in it. */
final class SecretFiles {

  /** Bytes; a longer file is not a secret but a wrong file. */
  private static final int MAX_LENGTH = 64 * 1024;

  private SecretFiles() {}

  static byte[] bytes(String setting, Path file) {
    try {
      if (Files.size(file) > MAX_LENGTH) {
        throw new InvalidSettingException(
            setting,
            file,
            "names a file of more than " + MAX_LENGTH + " bytes",
            "Name the secret.");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InvalidSettingException(
          setting,
          file,
          "names a file that cannot be read",
          "Mount the file, readable for the user of this process.");
    }
  }

  /** A password: the text of a file without one final line break. */
  static char[] text(String setting, Path file) {
    String text = new String(bytes(setting, file), StandardCharsets.UTF_8);
    return text.replaceFirst("\r?\n\\z", "").toCharArray();
  }
}
