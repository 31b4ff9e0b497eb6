// What the libraries around the modeler say in English without asking for a translation, by the file that says it;
// swapped while bundling (frontend/chinese.mjs), and the build fails when one of them is no longer there.

const simulation = 'node_modules/bpmn-js-token-simulation/lib/features';

export default {
  [`${simulation}/toggle-mode/modeler/ToggleMode.js`]: { 'Token Simulation <span': '模拟走一遍 <span' },
  [`${simulation}/log/Log.js`]: {
    'Simulation Log\n        <button class="bts-close" aria-label="Close">': '模拟记录\n        <button class="bts-close" aria-label="关闭">',
    '<p class="bts-entry placeholder">No Entries</p>': '<p class="bts-entry placeholder">还没有记录</p>',
    'Toggle Simulation Log': '模拟记录',
    '} started`;': '} 开始`;', 'finished': '走完', 'canceled': '取消',
    'SubProcess': '子流程', 'Process': '流程', 'Service Task': '服务任务', 'User Task': '用户任务',
    'Call Activity': '调用流程', 'Script Task': '脚本任务', 'Business Rule Task': '决策任务', 'Manual Task': '线下任务',
    'Receive Task': '等待消息', 'Send Task': '发送任务', 'Task': '任务', 'Exclusive Gateway': '排他网关',
    'Parallel Gateway': '并行网关', 'Inclusive Gateway': '包容网关', 'Start Event': '开始事件',
    'Intermediate Event': '中间事件', 'Boundary Event': '边界事件', 'End Event': '结束事件'
  },
  [`${simulation}/reset-simulation/ResetSimulation.js`]: { 'Reset Simulation': '重新开始模拟' },
  [`${simulation}/pause-simulation/PauseSimulation.js`]: {
    'Play/Pause Simulation': '继续或暂停模拟', 'Pause Simulation': '模拟已暂停', 'Play Simulation': '模拟继续'
  },
  [`${simulation}/set-animation-speed/SetAnimationSpeed.js`]: {
    'Slow': '慢', 'Normal': '中', 'Fast': '快',
    '<button title="Set animation speed = ${ label }"': '<button title="速度：${ label }" aria-label="速度：${ label }"'
  },
  [`${simulation}/show-scopes/ShowScopes.js`]: {
    '="Focus process instance ${scope.id}" ${colorMarkup}>': '="只看第 ${scope.id} 次" ${colorMarkup}>'
  },
  [`${simulation}/context-pads/handler/ExclusiveGatewayHandler.js`]: { 'Set Sequence Flow': '换一条出路' },
  [`${simulation}/context-pads/handler/InclusiveGatewayHandler.js`]: { 'Set Sequence Flow': '选择出路' },
  [`${simulation}/context-pads/handler/PauseHandler.js`]: { 'Remove': '取消', 'Add': '设为', '} pause point">': '}停留点">' },
  [`${simulation}/context-pads/handler/TriggerHandler.js`]: { 'Trigger Event': '触发' },
  [`${simulation}/simulation-state/SimulationState.js`]: { 'Finished': '走完了' },
  [`${simulation}/element-support/ElementSupport.js`]: {
    'Found unsupported elements': '图上有模拟不了的环节', 'Not supported': '模拟不了'
  },
  'node_modules/diagram-js/lib/features/popup-menu/PopupMenuComponent.js': {
    'Search': '查找', 'Results': '结果',
    "} ${ entriesToShow.length === 1 ? 'result' : 'results' } found\n            </div>": '} 项\n            </div>'
  },
  'node_modules/@bpmn-io/feel-lint/dist/index.js': {
    'Unrecognized token in <${parent.name}>': '这里读不懂', 'Unrecognized token <${next.name}> in <${parent.name}>': '这里读不懂',
    'Incomplete <${ (before || parent).name }>': '还没有写完', 'First item is accessed via [1]': '列表的第一项是 [1]',
    'Syntax Error': '写法', 'fix': '改正'
  },
  'node_modules/@bpmn-io/lang-feel/dist/index.js': {
    'definition': '函数', 'quantified expression': '每一个、有一个', 'block': '整段', 'literal': '值'
  },
  'node_modules/bpmn-js/lib/util/PoweredByUtil.js': {
    'Web-based tooling for BPMN, DMN and forms ': '流程图、决策表和表单的网页编辑工具，',
    'powered by <a href="https://bpmn.io" target="_blank" rel="noopener">bpmn.io</a>.':
      '由 <a href="https://bpmn.io" target="_blank" rel="noopener">bpmn.io</a> 提供。'
  },
  'node_modules/bpmn-js/lib/BaseViewer.js': { 'title="Powered by bpmn.io" ': 'title="由 bpmn.io 提供" ' }
};
