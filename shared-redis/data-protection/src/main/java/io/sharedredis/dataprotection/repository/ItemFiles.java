package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.xml.XmlLayout;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Items as files of ASP.NET Core: {@code *.xml} with byte order mark, declaration and indentation;
 * the tag of an item beside it in {@code *.xml.tag}.
 */
final class ItemFiles {
  private static final String EXTENSION = ".xml";
  private static final String PROLOGUE = "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

  /**
   * Larger files are refused rather than read: see {@link
   * io.sharedredis.dataprotection.xml.HardenedXml#MAX_LENGTH}.
   */
  private static final long MAX_BYTES = 4L << 20;

  private final Path directory;

  ItemFiles(Path directory) {
    this.directory = directory;
  }

  /** Files that hold items, ordered by name. */
  List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(EXTENSION))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  KeyItem read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
    }
    String fileName = file.getFileName().toString();
    String name = fileName.substring(0, fileName.length() - EXTENSION.length());
    return new KeyItem(XmlLayout.compact(decode(Files.readAllBytes(file))), name, tag(file));
  }

  /** Writes the item under its name, or under a name of its own if another item has that name. */
  void write(KeyItem item) throws IOException {
    String name = ItemNames.of(item);
    Path file = directory.resolve(name + EXTENSION);
    if (Files.exists(file)) {
      if (read(file).xml().equals(item.xml())) {
        return;
      }
      file =
          directory.resolve(name + "-" + ItemNames.digest(item.xml()).substring(0, 16) + EXTENSION);
    }
    // The tag first: an item without its tag would be refused, a tag without its item is nothing.
    String tag = item.tag();
    if (tag != null) {
      publish(tagOf(file), tag, true);
    }
    publish(file, document(item.xml()), false);
  }

  /** The content of a file of .NET for an item. */
  static String document(String item) {
    return PROLOGUE + XmlLayout.indented(item);
  }

  /** The item in the content of a file. */
  static String item(String document) {
    return XmlLayout.compact(document);
  }

  /** Gives the item of a file another tag. */
  static void attach(Path file, String tag) throws IOException {
    publish(tagOf(file), tag, true);
  }

  void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(tagOf(file));
  }

  /** A file appears whole or not at all, readable by its owner only. */
  static void publish(Path file, String content, boolean overwrite) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(directory, ".shared-redis-", ".tmp", ownerOnly());
    try {
      Files.writeString(temporary, content);
      if (overwrite) {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } else {
        link(file, temporary);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void link(Path file, Path temporary) throws IOException {
    try {
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      // A file system without hard links.
      Files.move(temporary, file);
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static Path tagOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".tag");
  }

  private static @Nullable String tag(Path file) throws IOException {
    Path tag = tagOf(file);
    return Files.exists(tag) ? Files.readString(tag).strip() : null;
  }

  private static String decode(byte[] bytes) {
    Charset charset = StandardCharsets.UTF_8;
    if (startsWith(bytes, 0xFF, 0xFE)) {
      charset = StandardCharsets.UTF_16LE;
    } else if (startsWith(bytes, 0xFE, 0xFF)) {
      charset = StandardCharsets.UTF_16BE;
    }
    return new String(bytes, charset);
  }

  private static boolean startsWith(byte[] bytes, int first, int second) {
    return bytes.length >= 2 && (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
  }
}
