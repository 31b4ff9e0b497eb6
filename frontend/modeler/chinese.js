// The words of the modeler. What a library asks for and is not here stays English and is noted in `missing`; the
// browser test holds that against us.
import common from 'bpmn-js-i18n/translations/zn.js';   // sic: the file of the library has this name

/** One word for one thing, the same as in the check list. */
const own = {
  'Task': '任务', 'User task': '用户任务', 'Service task': '服务任务', 'Script task': '脚本任务', 'Manual task': '线下任务',
  'Business rule task': '决策任务', 'Receive task': '等待消息的任务', 'Call activity': '调用流程',
  'Sub-process': '子流程', 'Sub-process (collapsed)': '子流程（收起）', 'Sub-process (expanded)': '子流程（展开）',
  'Exclusive gateway': '排他网关', 'Parallel gateway': '并行网关', 'Inclusive gateway': '包容网关',
  'Event-based gateway': '事件网关', 'Start event': '开始事件', 'End event': '结束事件',
  'Terminate end event': '终止结束事件', 'Error end event': '错误结束事件',
  'Timer intermediate catch event': '定时中间事件', 'Message intermediate catch event': '消息中间事件',
  'Timer boundary event': '定时边界事件', 'Message boundary event': '消息边界事件', 'Error boundary event': '错误边界事件',
  'Timer boundary event (non-interrupting)': '定时边界事件（不中断）',
  'Message boundary event (non-interrupting)': '消息边界事件（不中断）',
  'Boundary event': '边界事件', 'Sequence flow': '连线', 'Default flow': '缺省连线', 'Conditional flow': '条件连线',
  'Expanded pool/participant': '泳池', 'Empty pool/participant': '空泳池',
  'Tasks': '任务', 'Gateways': '网关', 'Events': '事件', 'Sub-processes': '子流程', 'Participants': '泳池', 'Data': '数据',
  'Ad-hoc sub-process': '临时子流程', 'Templates': '模板',
  'Append element': '接着加一个环节', 'Append task': '接着加任务', 'Append user task': '接着加用户任务',
  'Append end event': '接着加结束事件', 'Append gateway': '接着加网关', 'Create element': '加一个环节',
  'Change element': '改成别的环节', 'Change type': '改成别的环节', 'Set color': '换颜色', 'Delete': '删去',
  'Connect to other element': '连到别的环节', 'Connect using association': '用虚线连到注释', 'Open {element}': '打开{element}',
  'Add text annotation': '加注释', 'Add lane above': '上面加一条泳道', 'Add lane below': '下面加一条泳道',
  'Divide into two lanes': '分成两条泳道', 'Divide into three lanes': '分成三条泳道',
  'Align elements': '对齐', 'Align elements ': '对齐', 'Align elements left': '左对齐', 'Align elements right': '右对齐',
  'Align elements center': '水平居中', 'Align elements top': '上对齐', 'Align elements bottom': '下对齐',
  'Align elements middle': '垂直居中', 'Distribute elements horizontally': '水平等距', 'Distribute elements vertically': '垂直等距',
  'Search in diagram': '在图上查找', 'Open minimap': '打开缩略图', 'Close minimap': '收起缩略图',
  'Toggle linting overlays': '显示或收起图上的提示', 'No Issues': '图上没有提示',
  '{errors} Errors, {warnings} Warnings': '图上提示 {warnings} 处',
  '{errors} Errors, {warnings} Warnings, {infos} Infos': '图上提示 {warnings} 处',
  'Issues for child elements': '里面的环节', 'Toggle non-interrupting': '中断与不中断互换',
  'Default': '原色', 'Blue': '蓝', 'Orange': '橙', 'Green': '绿', 'Red': '红', 'Purple': '紫',
  'flow elements must be children of pools/participants': '环节要画在泳池里面',
  'multiple elements selected': '选了几个环节', 'no parent for {element} in {parent}': '{element} 没有画在 {parent} 里'
};

const words = { ...common, ...own };

/** What was asked for and is not translated. */
export const missing = new Set();

export function translate(template, values = {}) {
  const found = words[template];
  if (found === undefined && /[A-Za-z]{2}/.test(template)) missing.add(template);
  return (found ?? template).replace(/{([^}]+)}/g, (_whole, name) => values[name] ?? `{${name}}`);
}

/** What an element is called by its kind. */
const KINDS = {
  UserTask: '用户任务', ManualTask: '线下任务', ServiceTask: '服务任务', ScriptTask: '脚本任务',
  BusinessRuleTask: '决策任务', ReceiveTask: '等待消息的任务', CallActivity: '调用流程', SubProcess: '子流程',
  ExclusiveGateway: '排他网关', ParallelGateway: '并行网关', InclusiveGateway: '包容网关', EventBasedGateway: '事件网关',
  StartEvent: '开始事件', EndEvent: '结束事件', IntermediateCatchEvent: '中间事件', BoundaryEvent: '边界事件',
  SequenceFlow: '连线', Participant: '泳池', Lane: '泳道', Process: '流程', Collaboration: '流程', Group: '分组',
  TextAnnotation: '注释', Association: '注释连线'
};

export const kindOf = element => KINDS[element.type.replace('bpmn:', '')] ?? '不支持的环节';

export default { translate: [ 'value', translate ] };
