// Finds the Chromium that the browser tests drive. Run as a script it also installs one, as root on Debian.
// Plain JavaScript, so that Node 20 runs it without a loader.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { pathToFileURL } from 'node:url'

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** How it is started for tests: without a window, and asking nothing of the network by itself. */
export const chromiumArgs = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The Chromium to drive: `$CHROMIUM_PATH` when set, otherwise the first of the usual places that exists.
 *
 * @returns {string | null} an executable's path, or null when there is none
 */
export function findChromium() {
  const wanted = process.env.CHROMIUM_PATH
  return (wanted ? [wanted] : CANDIDATES).find(isExecutable) ?? null
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function installOnDebian() {
  const run = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  return run('update') && run('install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const canInstall =
    process.getuid?.() === 0 && isExecutable('/usr/bin/apt-get') && !process.env.CHROMIUM_PATH
  if (findChromium() === null && canInstall) installOnDebian()
  const found = findChromium()
  if (found === null) {
    console.error(
      'No Chromium found, and the browser tests need one. ' +
        'Install Chromium or Chrome, or set CHROMIUM_PATH to its executable.',
    )
    process.exit(1)
  }
  console.log(`chromium: ${found}`)
}
