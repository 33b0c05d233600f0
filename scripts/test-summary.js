// Adds up the reports that vitest left and prints `N passed, N failed`. A report that is missing, and a test file that
// broke before its first test, count as one failure each; the exit code is 1 when anything failed or nothing passed.
import { readFileSync } from "node:fs";

const totals = process.argv.slice(2).map(countsOf);
const passed = totals.reduce((sum, counts) => sum + counts.passed, 0);
const failed = totals.reduce((sum, counts) => sum + counts.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** @param {string} file */
function countsOf(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    const broken = report.testResults.filter(
      ({ status, assertionResults }) =>
        status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
    );
    const faults = report.numFailedTests + broken.length;
    const nothingRan = report.numPassedTests + faults === 0;
    const unexplained = faults === 0 && (!report.success || nothingRan) ? 1 : 0;
    return { passed: report.numPassedTests, failed: faults + unexplained };
  } catch (error) {
    console.error(`${file}: ${String(error)}`);
    return { passed: 0, failed: 1 };
  }
}
