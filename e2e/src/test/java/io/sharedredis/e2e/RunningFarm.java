package io.sharedredis.e2e;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Gives tests the one farm and the one browser that all of them share, and prints the logs when one
 * fails.
 */
final class RunningFarm implements ParameterResolver, AfterEachCallback, TestWatcher {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(RunningFarm.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Farm.class || type == Chromium.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Farm.class ? farm(context) : chromium(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println(farm(context).lastLogLines());
    }
  }

  private static Farm farm(ExtensionContext context) {
    return store(context).computeIfAbsent(Farm.class, key -> Farm.start(), Farm.class);
  }

  private static Chromium chromium(ExtensionContext context) {
    return store(context).computeIfAbsent(Chromium.class, key -> new Chromium(), Chromium.class);
  }

  private static ExtensionContext.Store store(ExtensionContext context) {
    return context.getRoot().getStore(NAMESPACE);
  }
}
