package io.sharedredis.starter;

import java.util.concurrent.Executor;

/**
 * Runs what may have to wait on a thread of its own. The common pool is the application's: on two
 * processors it is one thread, and whoever waits in it may wait for something that needs it, as
 * clients of Azure do from Java 25 on.
 */
public final class BackgroundThread implements Executor {
  private final String name;

  /**
   * @param name of its threads
   */
  public BackgroundThread(String name) {
    this.name = name;
  }

  @Override
  public void execute(Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
