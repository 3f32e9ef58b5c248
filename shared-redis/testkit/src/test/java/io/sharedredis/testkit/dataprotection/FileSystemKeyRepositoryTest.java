package io.sharedredis.testkit.dataprotection;

import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.dataprotection.repository.KeyRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

class FileSystemKeyRepositoryTest extends KeyRepositoryContract {
  @TempDir private Path directory;

  @Override
  protected KeyRepository open() {
    return new FileSystemKeyRepository(directory.resolve("ring"));
  }

  @Override
  protected void loseEverything() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(directory.resolve("ring"))) {
      files = found.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }

  @Override
  protected boolean keepsOrder() {
    return false;
  }

  @Override
  protected boolean announcesChanges() {
    return false;
  }
}
