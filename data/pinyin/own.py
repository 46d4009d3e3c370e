"""Readings that the sources lack, or where they have one that is rarely meant on these sites: words of public affairs,
places, and characters whose reading in the crate `pinyin` is a rare one."""

OWN = dict(line.split(" ", 1) for line in """
似 si
佛 fo
茄 qie
勒 le
傀 kui
辗 zhan
肋 lei
出血 chu xue
流血 liu xue
献血 xian xue
换血 huan xue
放血 fang xue
便血 bian xue
吐血 tu xue
咳血 ke xue
鸡血石 ji xue shi
一针见血 yi zhen jian xue
举行长跑 ju xing chang pao
长期 chang qi
长效 chang xiao
长远 chang yuan
长江 chang jiang
长治久安 chang zhi jiu an
长三角 chang san jiao
长足 chang zu
长处 chang chu
长短 chang duan
长度 chang du
长廊 chang lang
长征 chang zheng
长城 chang cheng
长假 chang jia
长河 chang he
长跑 chang pao
长寿 chang shou
长沙 chang sha
长春 chang chun
长治 chang zhi
长安 chang an
长宁 chang ning
长乐 chang le
长兴 chang xing
长丰 chang feng
长岛 chang dao
长葛 chang ge
长垣 chang yuan
长汀 chang ting
长阳 chang yang
长清 chang qing
长武 chang wu
长白 chang bai
长海 chang hai
长岭 chang ling
长泰 chang tai
长顺 chang shun
长子县 zhang zi xian
延长 yan chang
全长 quan chang
特长 te chang
专长 zhuan chang
漫长 man chang
周长 zhou chang
时长 shi chang
扬长避短 yang chang bi duan
行业 hang ye
行情 hang qing
行家 hang jia
行长 hang zhang
银行 yin hang
央行 yang hang
商行 shang hang
分行 fen hang
支行 zhi hang
总行 zong hang
农行 nong hang
工行 gong hang
建行 jian hang
各行各业 ge hang ge ye
行行出状元 hang hang chu zhuang yuan
会计 kuai ji
会计师 kuai ji shi
财会 cai kuai
会稽 kuai ji
重庆 chong qing
重申 chong shen
重启 chong qi
重组 chong zu
重建 chong jian
重整 chong zheng
重返 chong fan
重温 chong wen
重塑 chong su
重阳 chong yang
重新 chong xin
重复 chong fu
重叠 chong die
重合 chong he
重名 chong ming
重修 chong xiu
重审 chong shen
双重 shuang chong
多重 duo chong
重重 chong chong
调解 tiao jie
调整 tiao zheng
调节 tiao jie
调处 tiao chu
调控 tiao kong
调理 tiao li
调试 tiao shi
调停 tiao ting
调和 tiao he
协调 xie tiao
上调 shang tiao
下调 xia tiao
微调 wei tiao
空调 kong tiao
失调 shi tiao
烹调 peng tiao
率先 shuai xian
率领 shuai ling
率队 shuai dui
表率 biao shuai
统率 tong shuai
草率 cao shuai
都市 du shi
首都 shou du
成都 cheng du
古都 gu du
都江堰 du jiang yan
丰都 feng du
武都 wu du
于都 yu du
宜都 yi du
昌都 chang du
归还 gui huan
偿还 chang huan
返还 fan huan
退还 tui huan
还款 huan kuan
还贷 huan dai
还林 huan lin
还草 huan cao
还田 huan tian
还湿 huan shi
还湖 huan hu
还绿 huan lv
还清 huan qing
还原 huan yuan
还乡 huan xiang
还建 huan jian
发还 fa huan
着力 zhuo li
着眼 zhuo yan
着手 zhuo shou
着重 zhuo zhong
着想 zhuo xiang
着装 zhuo zhuang
沉着 chen zhuo
执着 zhi zhuo
了解 liao jie
了结 liao jie
明了 ming liao
西藏 xi zang
宝藏 bao zang
藏族 zang zu
藏区 zang qu
藏文 zang wen
角色 jue se
主角 zhu jue
配角 pei jue
角逐 jue zhu
供给 gong ji
供给侧 gong ji ce
补给 bu ji
给予 ji yu
给付 ji fu
自给自足 zi ji zi zu
便宜 pian yi
投降 tou xiang
模样 mu yang
校对 jiao dui
校准 jiao zhun
校正 jiao zheng
校验 jiao yan
反省 fan xing
内省 nei xing
自省 zi xing
曾氏 zeng shi
薄弱 bo ruo
单薄 dan bo
淡薄 dan bo
没收 mo shou
淹没 yan mo
关卡 guan qia
目的 mu di
的确 di que
参差 cen ci
参差不齐 cen ci bu qi
人参 ren shen
大夫 dai fu
音乐 yin yue
乐器 yue qi
乐团 yue tuan
乐队 yue dui
弹性 tan xing
自传 zi zhuan
传记 zhuan ji
纪传 ji zhuan
出差 chu chai
差旅 chai lv
差遣 chai qian
信差 xin chai
单于 chan yu
单县 shan xian
朝阳 chao yang
朝阳产业 zhao yang chan ye
朝气 zhao qi
朝夕 zhao xi
厦门 xia men
六安 lu an
六合区 lu he qu
蚌埠 beng bu
番禺 pan yu
东阿 dong e
东莞 dong guan
乐清 yue qing
乐亭 lao ting
乐陵 lao ling
铅山 yan shan
莘县 shen xian
莘庄 xin zhuang
洪洞 hong tong
浚县 xun xian
尉犁 yu li
大城县 dai cheng xian
井陉 jing xing
蔚县 yu xian
繁峙 fan shi
曲阜 qu fu
枞阳 zong yang
歙县 she xian
黟县 yi xian
泌阳 bi yang
渑池 mian chi
柘城 zhe cheng
中牟 zhong mu
牟平 mu ping
郏县 jia xian
荥阳 xing yang
荥经 ying jing
犍为 qian wei
筠连 jun lian
大埔 da bu
监利 jian li
黄陂 huang pi
蕲春 qi chun
秭归 zi gui
耒阳 lei yang
盱眙 xu yi
甪直 lu zhi
弋阳 yi yang
吴堡 wu bu
柞水 zha shui
宕昌 tan chang
碌曲 lu qu
隰县 xi xian
堡子 pu zi
""".strip().splitlines())
