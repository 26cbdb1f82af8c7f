"""The synonyms that an installation begins with. Afterwards they are edited in the admin.

From the names and synonyms of the crafts and from what buyers are known to type; regional words of the south stand for
what the sellers, all of the north, call otherwise.
"""

from typing import Any

# term = expansion: weight; with two signs both ways.
_VI = """
nhang == hương: 0.9
nhang thẻ = tăm hương: 0.9
nhang thẻ = hương que: 0.85
hương thẻ == tăm hương: 0.85
hương thẻ = hương que: 0.8
nhang nén = hương que: 0.8
nhang khoanh = nhang vòng: 0.95
nhang khoanh = nhang cuộn: 0.85
hương vòng == nhang vòng: 0.95
nhang cuộn == nhang vòng: 0.8
nhang nụ = nụ hương: 0.9
nhang nụ = nụ trầm: 0.9
nụ trầm == nụ hương: 0.6
hương muỗi = nhang muỗi: 0.95
trầm hương == trầm: 0.9
lư xông = lư trầm: 0.9
đèn xông = lư trầm: 0.6
đốt trầm = lư trầm: 0.7
bát hương = lư trầm: 0.5
lư hương = lư trầm: 0.8
đèn cầy = nến: 0.95
đồ cúng = cúng rằm: 0.7
khảm xà cừ = khảm trai: 0.95
khảm ốc = khảm trai: 0.95
khảm cẩn = khảm trai: 0.9
cẩn ốc = khảm trai: 0.95
cẩn xà cừ = khảm trai: 0.95
cẩn trai = khảm trai: 0.95
gỗ khảm = khảm trai: 0.9
gỗ cẩn = khảm trai: 0.9
xà cừ = khảm trai: 0.6
guột == cỏ tế: 0.95
ràng ràng = cỏ tế: 0.9
cây tế = cỏ tế: 0.9
cói = cỏ tế: 0.6
lục bình = cỏ tế: 0.3
comple == vest: 0.95
com lê = vest: 0.95
com ple = vest: 0.95
âu phục = vest: 0.85
bộ vét = bộ vest: 0.95
áo vét = áo vest: 0.95
đồ vét = bộ vest: 0.9
vét = vest: 0.9
veston = vest: 0.95
quần tây == quần âu: 0.95
đồ tây = bộ vest: 0.7
ghi lê == gile: 0.95
sơmi = sơ mi: 1
áo thun == áo phông: 0.95
đồ ngủ = pyjama: 0.9
đồ bộ = pyjama: 0.7
bijama = pyjama: 0.95
pijama = pyjama: 0.95
đầm == váy: 0.8
váy công sở = đầm công sở: 0.9
áo cưới = váy cưới: 0.7
cô dâu = cưới: 0.7
đồng phục đầu bếp = đồng phục bếp: 0.95
đồ bếp = đồng phục bếp: 0.6
bảo hộ lao động = đồng phục công nhân: 0.8
sơn ta = sơn mài: 0.9
sơn then = sơn mài: 0.9
sơn son = sơn mài: 0.7
vẽ sơn = sơn mài: 0.7
giầy == giày: 1
giày da = giày tây: 0.7
giày tây == giày da: 0.7
giày lười == giày mọi: 0.95
bốt = giày cao cổ: 0.9
boot = giày cao cổ: 0.9
giày đế bệt = giày múa: 0.3
xăng đan == sandal: 0.95
dép lê = dép da: 0.8
dây nịt = thắt lưng: 0.95
dây lưng = thắt lưng: 0.95
nịt da = thắt lưng da: 0.95
bóp da = ví da: 0.95
bóp nam = ví da nam: 0.9
bóp ví = ví da: 0.9
túi bao tử = túi đeo chéo: 0.8
cặp da = túi đeo chéo: 0.5
đậu phộng = lạc: 0.9
kẹo đậu phộng = kẹo lạc: 0.95
kẹo mè = kẹo vừng: 0.95
mè xửng = kẹo vừng: 0.8
mè = vừng: 0.85
chả lụa = giò lụa: 0.95
giò chả = giò lụa: 0.8
giò chả = chả quế: 0.8
bánh tét = bánh chưng: 0.6
bánh ít = bánh gai: 0.6
gừng sấy = mứt gừng: 0.9
ô mai == xí muội: 0.9
gạo nếp == nếp cái: 0.8
trứng gà ta = trứng gà: 0.95
giỏ đi chợ = làn đi chợ: 0.95
giỏ xách = làn: 0.7
giỏ xách == túi xách: 0.7
làn == giỏ: 0.6
lẵng == giỏ: 0.6
thúng = rổ: 0.6
thúng = giỏ: 0.5
rổ == giỏ: 0.45
sọt == giỏ: 0.5
nia == mẹt: 0.8
sàng = mẹt: 0.6
giần = mẹt: 0.6
đan lát = mây tre đan: 0.8
đồ đan = mây tre đan: 0.7
tre trúc = mây tre: 0.7
trái cây == hoa quả: 0.95
bông = hoa: 0.6
bình hoa == bình cắm hoa: 0.9
bình bông = bình cắm hoa: 0.9
lọ hoa == bình hoa: 0.85
bình hoa == bình cắm: 0.8
giỏ hoa = lẵng cắm hoa: 0.9
lẵng hoa = lẵng cắm hoa: 0.95
giỏ picnic = giỏ dã ngoại: 0.95
picnic == dã ngoại: 0.95
giỏ giặt = giỏ đựng đồ giặt: 0.9
quần áo bẩn = đồ giặt: 0.95
đồ giặt == quần áo bẩn: 0.9
giỏ quần áo = giỏ đựng đồ giặt: 0.8
thùng rác = sọt rác: 0.95
giỏ rác = sọt rác: 0.95
nhà mèo = ổ nằm cho: 0.8
ổ mèo = ổ nằm cho mèo: 0.95
thú cưng == chó mèo: 0.85
lót cốc = lót ly: 0.95
lót chén = lót ly: 0.8
miếng lót = lót: 0.8
đế lót ly = lót ly: 0.95
lót nồi == đế nồi: 0.9
chao đèn = chụp đèn: 0.95
đèn ngủ = đèn bàn: 0.8
đèn lồng = đèn thả: 0.6
đèn trần = đèn thả trần: 0.9
thảm lau chân = thảm chùi chân: 0.95
thảm trải sàn = thảm tròn trải sàn: 0.9
chùi chân == lau chân: 0.95
kiếng = gương: 0.9
gương soi = gương: 0.9
mền = chăn: 0.95
drap = ga: 0.9
ra giường = ga: 0.9
khăn bàn = khăn trải bàn: 0.9
khăn choàng == khăn quàng: 0.85
khăn phủ == tấm trải: 0.85
đăng ten = ren: 0.95
thêu thùa = thêu: 0.95
bao gối = vỏ gối: 0.95
áo gối = vỏ gối: 0.95
màn cửa == rèm cửa: 0.9
tràng kỷ = bàn ghế: 0.8
trường kỷ = bàn ghế: 0.8
salon = bàn ghế: 0.75
sofa = bàn ghế: 0.5
đi văng = sập: 0.8
sập gụ = sập: 0.8
bàn nước == bàn trà: 0.9
tủ li = tủ chè: 0.8
tủ rượu = kệ rượu: 0.7
tủ áo == tủ quần áo: 0.95
giá sách == kệ sách: 0.95
kệ tivi == tủ tivi: 0.9
lục bình gỗ == lộc bình: 0.9
độc bình = lộc bình: 0.95
án gian = bàn thờ: 0.8
tượng thờ = đồ thờ: 0.5
nữ trang == trang sức: 0.95
hộp nữ trang = hộp trang sức: 0.95
hộp đựng trang sức = hộp trang sức: 1
hộp đựng card = hộp đựng danh thiếp: 0.95
danh thiếp == card visit: 0.9
name card = danh thiếp: 0.9
khay trầu = cơi trầu: 0.9
mâm quả = tráp ăn hỏi: 0.9
đám hỏi == ăn hỏi: 0.95
quả cưới = tráp ăn hỏi: 0.8
quà biếu == quà tặng: 0.9
quà tết == hộp quà tết: 0.9
quà lưu niệm == lưu niệm: 0.9
chén = bát: 0.7
tô = bát: 0.6
dĩa == đĩa: 1
ly == cốc: 0.7
muỗng = thìa: 0.9
đũa ăn = đũa: 0.9
cái bàn cờ = bàn cờ: 0.9
cài tóc == trâm cài: 0.9
móc khoá == móc chìa khoá: 0.95
nặn bột = tò he: 0.9
con giống = tò he: 0.9
con giống bột = tò he: 0.95
tượng bột = tò he: 0.8
đồ chơi dân gian = tò he: 0.85
đất nặn = bột nặn: 0.7
nón ba tầm = nón quai thao: 0.95
nón bài thơ = nón lá: 0.85
nón trắng = nón lá: 0.8
mũ lá = nón lá: 0.8
chài = lưới đánh cá: 0.85
lưới cá = lưới đánh cá: 0.9
lưới cước = lưới đánh cá: 0.7
cái vó = vó tép: 0.9
võng lưới = võng đan: 0.95
lưới lan = lưới che nắng: 0.8
sợi chuối = tơ chuối: 0.95
vải chuối = vải tơ chuối: 0.95
sổ ghi chép = sổ tay: 0.9
ô tô == xe hơi: 0.95
em bé == trẻ em: 0.8
trẻ con == trẻ em: 0.95
cho bé == em bé: 0.8
bé trai == nam nhí: 0.6
nôi == cũi: 0.5
chạn bát = rổ đựng bát: 0.8
giá úp bát = rổ đựng bát: 0.85
úp chén = đựng bát: 0.8
rổ chén = rổ đựng bát: 0.85
hộp khăn giấy = hộp đựng khăn giấy: 1
hộp giấy ăn = hộp đựng khăn giấy: 0.95
ghế lười = ghế thư giãn: 0.9
ghế nằm = ghế thư giãn: 0.85
ghế thư giãn == ghế bành: 0.6
ghế sofa = ghế bành: 0.6
giá treo tường = kệ treo tường: 0.95
lồng đậy thức ăn = lồng bàn: 0.95
đậy thức ăn = lồng bàn: 0.9
đậy mâm = lồng bàn: 0.9
vỏ chậu = giỏ bọc chậu: 0.95
chậu cây == bọc chậu: 0.7
giỏ trồng cây = giỏ bọc chậu: 0.9
tấm lót bàn ăn = lót: 0.6
tủ ngăn kéo = tủ ba ngăn: 0.9
tủ 3 ngăn = tủ ba ngăn: 1
giá báo = kệ báo: 0.95
kệ tạp chí = kệ báo: 0.9
giá để tạp chí = kệ báo: 0.9
tráp cưới = tráp ăn hỏi: 0.95
lễ ăn hỏi == ăn hỏi: 0.9
dạm ngõ = ăn hỏi: 0.8
tân gia == nhà mới: 0.9
khai trương = trưng bày: 0.3
cuốn thư = hoành phi: 0.7
câu liễn = câu đối: 0.9
liễn = câu đối: 0.8
hộp danh thiếp = hộp đựng danh thiếp: 1
hộp card = hộp đựng danh thiếp: 0.95
khay bánh kẹo == khay mứt: 0.9
khay bánh kẹo == khay bánh mứt: 0.9
hộp mứt = khay mứt: 0.8
đĩa trang trí == đĩa trưng bày: 0.9
lọ gỗ = lọ hoa gỗ: 0.9
phản = sập: 0.8
ghế ngựa = sập: 0.7
vách ngăn = bình phong: 0.9
tấm chắn = bình phong: 0.7
đồng hồ = đồng hồ treo tường: 0.9
hộp trà = hộp đựng trà: 1
hộp chè = hộp đựng trà: 0.9
hũ trà = hộp đựng trà: 0.8
cắm bút == ống bút: 0.95
lọ bút = ống bút: 0.95
hộp bút = ống bút: 0.8
ống bút == ống đựng bút: 1
đựng viết = đựng bút: 0.9
khung hình == khung ảnh: 0.95
gương trang điểm == gương cầm tay: 0.7
cờ tướng = bàn cờ tướng: 0.9
giá điện thoại = giá để điện thoại: 1
kệ điện thoại = giá để điện thoại: 0.95
đế điện thoại = giá để điện thoại: 0.95
mâm trái cây = mâm bồng: 0.7
đồ thờ = thờ: 0.7
kệ rượu == giá rượu: 0.95
để rượu == kệ rượu: 0.8
kẹp tóc = trâm cài tóc: 0.8
trâm = trâm cài tóc: 0.95
chân nhang = chân tăm hương: 0.9
chân hương = chân tăm hương: 0.95
que nhang = hương que: 0.9
đuổi muỗi == nhang muỗi: 0.9
trừ muỗi = nhang muỗi: 0.9
chống muỗi = nhang muỗi: 0.85
muỗi = nhang muỗi: 0.8
xông nhà == bột xông nhà: 0.9
trầm bột = bột trầm: 0.95
giá cắm nhang = đế cắm hương: 0.9
cắm nhang == cắm hương: 0.95
cắm hương = đế cắm hương: 0.9
ống nhang == ống đựng hương: 0.95
hộp nhang = ống đựng hương: 0.7
lư đốt trầm = lư trầm: 0.95
đỉnh trầm = lư trầm: 0.8
khói ngược == thác khói: 0.7
túi thơm == túi thơm thảo mộc: 1
treo xe == xe hơi: 0.5
nến thơm = nến sáp ong: 0.7
nước hoa = túi thơm: 0.2
không khói = ít khói: 0.8
áo khoác dạ = áo măng tô: 0.8
măng tô = áo măng tô: 1
váy bút chì = chân váy bút chì: 0.95
juýp = chân váy: 0.9
áo cô dâu = áo dài cưới: 0.8
cô dâu = váy cưới: 0.7
soiree = váy cưới: 0.85
áo dài trẻ em = áo dài bé: 0.95
áo dài cho bé = áo dài bé: 1
lễ tân = đồng phục lễ tân: 0.9
học sinh = đồng phục học sinh: 0.9
công nhân == đồng phục công nhân: 0.8
bảo hộ = đồng phục công nhân: 0.8
quần áo bảo hộ = đồng phục công nhân: 0.9
áo cử nhân = áo choàng lễ tốt nghiệp: 0.9
tốt nghiệp == áo choàng lễ: 0.8
khăn đóng = khăn xếp: 0.95
mấn = khăn xếp: 0.7
áo lớp = áo phông đồng phục: 0.85
áo thun đồng phục = áo phông đồng phục: 1
yếm bếp = tạp dề: 0.9
đồ mặc nhà = pyjama: 0.8
đồ ngủ nam = pyjama: 0.7
áo gió = áo khoác gió: 0.95
gi lê = gile: 0.95
tô sơn mài = bát sơn mài: 0.9
khăn napkin = khăn ăn: 0.95
drap giường = bộ chăn ga: 0.9
ra gối = bộ chăn ga: 0.7
chăn ga gối == bộ chăn ga: 0.95
mùi soa = khăn tay: 0.95
mùi xoa = khăn tay: 0.95
khăn mặt = khăn tay: 0.5
màn ren = rèm cửa ren: 0.9
túi dây rút = túi rút: 0.95
tranh thêu = tranh thêu khung: 1
giày âu = giày tây: 0.95
giày công sở = giày tây: 0.7
giày búp bê = giày nữ gót thấp: 0.7
cao gót = gót: 0.6
giày khiêu vũ = giày múa: 0.9
dancesport = giày múa: 0.9
dép quai hậu == sandal: 0.7
dép sandal = sandal: 0.9
dép lào = dép da: 0.5
guốc mộc = guốc gỗ: 0.95
túi đeo = túi đeo chéo: 0.95
túi đeo hông = túi đeo chéo: 0.6
bóp tiền = ví da: 0.9
ví tiền = ví da: 0.95
tủ đựng quần áo = tủ quần áo: 1
giường ngủ = giường: 0.95
kệ ti vi = kệ tivi: 1
ti vi == tivi: 1
trang thờ = bàn thờ treo: 0.9
bàn thờ treo tường = bàn thờ treo: 1
tủ sách = kệ sách: 0.9
bàn ăn == bộ bàn ăn: 0.95
tấm thớt = thớt: 0.95
xếp hình == đồ chơi xếp: 0.9
đồ chơi gỗ = đồ chơi xếp: 0.8
bánh gai == bánh ít lá gai: 0.9
bánh in = bánh khảo: 0.9
bánh tôm = bánh phồng tôm: 0.8
phồng tôm = bánh phồng tôm: 0.95
trà túi lọc = trà thảo mộc: 0.7
chè thảo mộc = trà thảo mộc: 0.9
mứt tết = mứt gừng: 0.7
bẫy chim = lưới bắt chim: 0.9
chắn chim = lưới bắt chim: 0.9
lưới khung thành = lưới bóng đá: 0.9
lưới bóng đá == lưới gôn: 0.9
lưới đen = lưới che nắng: 0.7
giàn lan = lưới che nắng: 0.7
vó tôm = vó tép: 0.95
nằm ngủ trưa = võng: 0.7
võng dù = võng đan: 0.8
gạo thơm = gạo tẻ thơm: 0.95
nếp = gạo nếp: 0.8
bắp cải == cải bắp: 1
dưa chua = dưa cải muối: 0.9
cải chua = dưa cải muối: 0.95
dưa muối = dưa cải muối: 0.9
trứng = trứng gà: 0.9
hột gà = trứng gà: 0.95
hột vịt = trứng: 0.4
chuối ta = chuối tiêu: 0.7
khoai = khoai lang: 0.9
đậu phộng nhân = lạc nhân: 0.95
đậu phụng = lạc: 0.95
dép đi trong nhà == dép đi trong: 0.95
túi vải = túi tote: 0.8
lụa = tơ tằm: 0.8
vải bông = cotton: 0.85
xanh dương == xanh lam: 0.9
xanh nước biển = xanh lam: 0.85
xanh navy = xanh than: 0.95
tím than == xanh than: 0.85
xám == ghi: 0.85
màu be == màu kem: 0.9
nâu == cà phê: 0.5
long lân quy phụng == tứ linh: 0.95
rồng phượng == long phụng: 0.95
rồng == long: 0.4
cá chép == lý ngư: 0.8
phúc lộc thọ == tam đa: 0.85
tùng cúc trúc mai == tứ quý: 0.95
mai lan cúc trúc == tứ bình: 0.9
tùng hạc == hạc: 0.7
thuận buồm xuôi gió == thuyền buồm thuận gió: 0.95
mã đáo thành công == ngựa: 0.7
hỷ == song hỷ: 0.8
con vật = con giống: 0.6
mười hai con giáp == 12 con giáp: 1
tứ bình = bộ tranh bốn: 0.9
bộ tứ bình = bộ tranh bốn: 0.95
tranh bộ 4 = bộ tranh bốn: 0.95
đũa gỗ = đũa: 0.9
hộp đũa = đũa hộp: 0.9
ăn kiêng = ít ngọt: 0.6
ít đường == ít ngọt: 0.95
đồ nhậu = giò: 0.2
xuất khẩu nhật = xuất khẩu: 0.7
người già == trung niên: 0.7
người lớn tuổi = trung niên: 0.8
u60 = trung niên: 0.7
bắp sú = cải bắp: 0.95
phô tơi = ghế bành: 0.9
rớ = vó tép: 0.85
búi tóc = trâm cài tóc: 0.9
cắm viết = ống bút: 0.95
viết = bút: 0.6
úp bát = rổ đựng bát: 0.95
bát đĩa == bát đũa: 0.8
nặn tò he == trải nghiệm nặn: 0.9
mâm bồng == cỗ bồng: 0.95
đại tự = hoành phi: 0.95
thờ gia tiên = thờ: 0.8
ghế đẩu == đôn ngồi: 0.9
ghế đẩu = ghế đôn: 0.9
chuối già = chuối tiêu: 0.95
ngồi thiền == thiền: 1
thiền = nụ: 0.3
bộ cờ = bàn cờ tướng: 0.9
đánh cờ = bàn cờ tướng: 0.9
cờ = bàn cờ: 0.5
treo chìa khoá = móc khoá: 0.95
chìa khoá = móc khoá: 0.9
đọc sách == thư giãn: 0.5
mừng thọ == trung niên: 0.8
áo ấm = áo măng tô: 0.7
áo khoác ngoài = áo măng tô: 0.7
mùa đông = áo măng tô: 0.4
chú rể == cô dâu: 0.5
khăn quấn đầu = khăn xếp: 0.9
pha cà phê == pha chế: 0.95
cà phê == pha chế: 0.4
quán cà phê = pha chế: 0.6
đi xe máy = áo khoác gió: 0.5
chạy xe = áo khoác gió: 0.4
chống ruồi = lồng bàn: 0.8
ruồi = lồng bàn: 0.7
cành đào = cắm lau khô: 0.6
hoa khô = cắm lau khô: 0.8
kê ly = lót ly: 0.95
miếng kê = lót: 0.85
kê nồi = lót nồi: 0.95
giấy ăn == khăn giấy: 0.95
khăn giấy = hộp đựng khăn giấy: 0.8
trong nhà == đi trong nhà: 0.8
dép khách sạn = dép đi trong nhà: 0.9
giá để sách == kệ sách: 0.95
nhiều tầng == năm tầng: 0.7
rau xanh = rau muống: 0.85
rau sạch = rau muống sạch: 0.9
bột màu = bột nặn: 0.8
tập nặn = bột nặn: 0.85
khung thành == bóng đá: 0.85
bày bánh mì = rổ bánh mì: 0.95
đựng bánh mì = rổ bánh mì: 0.95
buffet == phục vụ: 0.5
đồ đựng trà = hộp đựng trà: 0.95
trà khô = hộp đựng trà: 0.7
cho bé đi học = trẻ em: 0.6
con trai == bé trai: 0.7
con gái == bé gái: 0.7
lưng thun == cạp chun: 0.95
chun == thun: 0.9
đồ trang điểm = trang điểm: 1
túi đựng mỹ phẩm = túi rút: 0.7
tủ để tivi = kệ tivi: 0.95
ăn cơm = bàn ăn: 0.7
bàn ghế ăn = bộ bàn ăn: 0.95
sáu người == sáu ghế: 0.9
đầu giường = đèn bàn: 0.5
đại học == tốt nghiệp: 0.6
ra trường = tốt nghiệp: 0.95
nhang cuốn == nhang cuộn: 1
không lõi = không tăm: 0.95
không cốt = không tăm: 0.9
gỗ nguyên khối = gỗ: 0.6
treo tường == treo: 0.6
kiếng treo = gương treo: 0.95
kiếng bỏ túi = gương trang điểm: 0.9
cây chả = chả quế: 0.8
bình bông = lọ hoa: 0.9
bình bông gỗ = lọ hoa gỗ: 0.95
phản gỗ = sập: 0.9
phản = sập ba thành: 0.9
khung hình cưới = khung ảnh: 0.9
cặp bình gỗ = đôi lộc bình: 0.9
cặp bình = đôi lộc bình: 0.85
cặp lục bình = đôi lộc bình: 0.95
đôi lục bình = đôi lộc bình: 0.95
đọc sách = ghế thư giãn: 0.4
nấu cơm = gạo tẻ: 0.8
gạo ăn = gạo tẻ: 0.8
gạo nấu cơm = gạo tẻ thơm: 0.9
dép học sinh = dép quai hậu trẻ em: 0.9
dép trẻ em = dép quai hậu trẻ em: 0.95
dép bé trai = dép quai hậu trẻ em: 0.9
che rau = lưới che nắng: 0.6
phủ rau = lưới che nắng: 0.6
cho chim = bắt chim: 0.6
để bàn làm việc = ống bút: 0.4
cửa sổ = cửa: 0.8
màn cửa sổ = rèm cửa: 0.95
rèm = rèm sợi chuối: 0.5
bánh kẹo == kẹo: 0.6
bánh mứt == mứt: 0.7
hộp quà tết = hộp quà: 0.8
giỏ quà = giỏ quà tết: 0.9
quà tân gia = tân gia: 0.9
quà cưới = song hỷ: 0.4
quà lưu niệm = móc khoá: 0.4
đồ lưu niệm = móc khoá: 0.4
dụng cụ xông trầm = lư trầm: 0.9
đồ xông trầm = lư trầm: 0.9
bát nhang = lư trầm: 0.4
hương nhang = hương: 0.95
nhang trầm == hương trầm: 0.95
nhang quế = quế chi: 0.9
hương quế == quế chi: 0.9
nhang bưởi = bưởi thơm: 0.9
nhang thảo mộc = thảo mộc: 0.8
nhang sạch = thảo mộc: 0.5
hương sạch = thảo mộc: 0.5
hương vòng trầm = nhang vòng trầm hương: 0.95
trầm nụ = nụ trầm: 0.95
tranh chữ = chữ: 0.6
tranh phúc = chữ phúc: 0.9
hoa đào == đào: 0.6
sen == hoa sen: 0.9
tranh đồng quê = đồng quê: 0.95
tranh làng quê = phong cảnh làng quê: 0.9
phố cổ == phố cổ hà nội: 0.9
hộp sơn mài đựng trang sức = hộp sơn mài: 0.9
khay trà = khay trà chữ nhật: 0.95
khay đựng trà = khay trà: 0.95
khay bưng = khay phục vụ: 0.9
khay nước = khay: 0.6
mâm = khay: 0.5
túi đi chợ == làn đi chợ: 0.8
túi cói = túi đi biển: 0.8
giỏ đựng đồ chơi = giỏ đựng đồ: 0.9
rổ đựng đồ = giỏ đựng đồ: 0.8
sọt đựng đồ = giỏ đựng đồ: 0.9
giỏ đựng quần áo = giỏ đựng đồ giặt: 0.8
đèn mây = đèn: 0.8
đèn đọc sách = đèn bàn: 0.9
ghế ăn = ghế tựa: 0.9
ghế gỗ = ghế tựa gỗ: 0.9
ghế mây = ghế bành mây: 0.85
bàn mây = bàn trà: 0.4
nôi = nôi em bé: 0.95
nôi em bé == nôi mây: 0.9
xe nôi = nôi: 0.5
vest cưới = bộ vest nam: 0.8
vest chú rể = bộ vest nam: 0.85
áo vest cưới = bộ vest nam: 0.85
quần áo công nhân = đồng phục công nhân: 0.9
áo bếp = đồng phục bếp: 0.9
áo đầu bếp = đồng phục bếp: 0.95
đồng phục nhà hàng = đồng phục bếp: 0.6
đồng phục khách sạn = đồng phục lễ tân: 0.9
đồng phục trường = đồng phục học sinh: 0.95
áo dài truyền thống = áo dài: 0.95
áo dài lụa = áo dài nữ lụa: 0.9
áo dài cách tân = cách tân: 0.9
giày chú rể = giày tây: 0.8
giày nhảy = giày múa: 0.9
giày múa ba lê = giày múa: 0.9
ví nam = ví da nam: 0.95
ví dài = ví da: 0.8
túi nam = túi đeo chéo: 0.85
lưới đánh bắt = lưới đánh cá: 0.95
lưới thả cá = lưới đánh cá: 0.8
bánh chưng chay = bánh chưng gói tay chay: 0.95
kẹo đậu = kẹo lạc: 0.8
mứt gừng dẻo = mứt gừng: 0.9
ô mai mơ == xí muội: 0.7
trà = trà thảo mộc: 0.7
mật ong rừng = mật ong: 0.9
mật ong hoa nhãn == mật ong nhãn: 0.95
chuối chín = chuối tiêu: 0.8
khoai lang = khoai lang mật: 0.95
rau muống = rau muống sạch: 0.95
giò = giò lụa: 0.9
chả = chả quế: 0.85
khăn lụa = khăn quàng: 0.5
khăn quàng cổ = khăn quàng: 0.95
dép lê trong nhà = dép đi trong nhà: 0.95
chà chân = chùi chân: 0.95
đồ dơ = đồ giặt: 0.95
quần áo dơ = đồ giặt: 0.95
hộc kéo = ngăn kéo: 0.9
tủ hộc kéo = tủ ba ngăn: 0.95
tủ ngăn = tủ ba ngăn: 0.9
chậu kiểng = chậu cây: 0.95
lồng chậu = bọc chậu: 0.95
cây kiểng = cây: 0.7
rế = lót nồi: 0.95
bắc nồi = lót nồi: 0.9
đũa gỗ = đũa hộp: 0.9
lego = xếp hình: 0.9
trái bòng = bưởi: 0.95
trái bưởi = bưởi: 1
thèo lèo = kẹo vừng: 0.8
thèo lèo = kẹo lạc: 0.7
gừng ngào = mứt gừng: 0.95
gừng dẻo = mứt gừng: 0.95
ba đờ xuy = áo măng tô: 0.95
yếm phục vụ = tạp dề: 0.95
yếm = tạp dề: 0.5
tạp dề phục vụ = tạp dề: 0.95
xoa rê = váy cưới: 0.95
phu la = khăn quàng: 0.9
khăn phu la = khăn quàng: 0.95
mành = rèm: 0.9
màn sợi chuối = rèm sợi chuối: 0.95
an bum = album: 0.95
tẩy uế = xông nhà: 0.95
cấp 2 = học sinh: 0.8
cấp 1 = học sinh: 0.8
cấp 3 = học sinh: 0.8
trung học cơ sở == thcs: 0.95
tiểu học == học sinh: 0.7
bàn nước phòng khách = bàn trà: 0.9
phộng = lạc: 0.7
nón cời = nón lá: 0.7
giường đôi == giường hai người: 0.9
ghế bố = ghế thư giãn: 0.7
ghế xích đu = ghế thư giãn: 0.4
chõng = sập: 0.7
chõng tre = sập: 0.6
rương = hộp: 0.6
hộp gỗ = hộp: 0.7
tráp = tráp ăn hỏi: 0.95
quả sơn = tráp ăn hỏi: 0.6
nong = mẹt: 0.7
mủng = rổ: 0.6
giỏ cần xé = giỏ đựng đồ: 0.7
cần xé = sọt: 0.6
bồ = giỏ: 0.4
khay hạt dưa = khay mứt: 0.9
hộp bánh kẹo = khay mứt: 0.8
đồng hồ quả lắc = đồng hồ treo tường: 0.7
chén kiểu = bát: 0.6
gối nằm = vỏ gối: 0.7
bọc gối = vỏ gối: 0.95
áo ấm = áo khoác: 0.6
áo lạnh = áo khoác: 0.8
áo khoác = áo khoác gió: 0.8
đồ vest = bộ vest: 0.95
đồ tây nam = bộ vest nam: 0.8
đồ cưới = váy cưới: 0.7
áo pull = áo phông: 0.95
áo phông lớp = áo phông đồng phục: 0.95
sơ mi trắng = áo sơ mi: 0.9
đầm dự tiệc = đầm: 0.7
váy liền == đầm: 0.9
guốc cao gót = guốc gỗ: 0.8
giày sục = giày lười: 0.6
dép kẹp = dép da: 0.6
dép xỏ ngón = dép da: 0.6
bóp = ví: 0.85
cặp xách = túi xách: 0.7
bị cói = túi đi biển: 0.7
bị = túi: 0.4
nhang sào = hương sào: 0.95
nhang đại = hương sào: 0.7
nhang vòng lớn = nhang vòng đại: 0.95
nhang bột = bột trầm: 0.6
bột nhang = bột trầm: 0.7
hương bột = bột trầm: 0.8
trầm xông = lư trầm: 0.5
bó nhang = hương que: 0.7
bó hương = hương que: 0.7
nhang tết = hương nén gói tết: 0.9
hương tết = hương nén gói tết: 0.95
hương giỗ = hương que giỗ: 0.95
nhang giỗ = hương que giỗ: 0.95
nhang rằm = hương cúng rằm: 0.95
đồ cúng rằm = combo cúng rằm: 0.9
trà hoa cúc = hoa cúc: 0.9
bông cúc = hoa cúc: 0.95
bông sen = hoa sen: 0.95
bông đào = hoa đào: 0.95
trứng gà ta = trứng gà quê: 0.95
bông cải = cải: 0.5
rau cải = cải: 0.7
khoai ngọt = khoai lang mật: 0.9
gạo dẻo = gạo tẻ thơm: 0.8
nếp ngon = gạo nếp: 0.8
giò sống = giò lụa: 0.4
nem chả = chả quế: 0.5
kẹo kéo = kẹo dồi: 0.5
bánh phồng = bánh phồng tôm: 0.9
bánh tét chay = bánh chưng: 0.4
lưới giăng cá = lưới đánh cá: 0.9
lưới bén = lưới đánh cá: 0.8
võng nằm = võng: 0.95
tập vở = sổ tay: 0.5
cuốn sổ = sổ tay: 0.9
dép bông = dép đi trong nhà: 0.6
"""
_EN = """
rattan == mây: 0.95
wicker = rattan: 0.9
cane = rattan: 0.8
basketry = basket: 0.8
bamboo == tre: 0.95
mother of pearl == khảm trai: 0.95
mother of pearl = inlay: 0.9
nacre = khảm trai: 0.9
pearl inlay = khảm trai: 0.95
shell inlay = khảm trai: 0.95
marquetry = khảm trai: 0.7
lacquer == sơn mài: 0.95
lacquerware = sơn mài: 0.95
lacquer painting = tranh sơn mài: 0.95
incense = hương: 0.8
joss stick = incense stick: 0.95
joss sticks = incense sticks: 0.95
incense stick = tăm hương: 0.85
incense sticks = tăm hương: 0.85
incense sticks = hương que: 0.8
incense coil = nhang vòng: 0.95
incense cone = nụ: 0.8
backflow = thác khói: 0.95
agarwood == trầm: 0.95
aloeswood = agarwood: 0.95
oud = agarwood: 0.9
incense burner = lư trầm: 0.85
mosquito coil = nhang muỗi: 0.95
candle = nến: 0.8
conical hat == nón lá: 0.95
leaf hat = conical hat: 0.9
palm leaf hat = conical hat: 0.9
vietnamese hat = conical hat: 0.8
straw hat = conical hat: 0.6
suit == vest: 0.9
blazer = vest: 0.7
waistcoat = gile: 0.95
trousers = quần âu: 0.8
pants = trousers: 0.9
shirt = sơ mi: 0.8
pajamas = pyjama: 0.95
pyjamas = pyjama: 0.95
uniform = đồng phục: 0.9
bridal = wedding: 0.9
wedding dress = váy cưới: 0.9
leather shoes = giày da: 0.85
loafer = giày lười: 0.9
loafers = giày lười: 0.9
clogs = guốc: 0.9
belt = thắt lưng: 0.9
wallet = ví da: 0.9
purse = wallet: 0.9
crossbody bag = túi đeo chéo: 0.95
crossbody = shoulder: 0.7
handbag == túi xách: 0.9
beach bag = túi đi biển: 0.95
tote bag = túi tote: 0.95
embroidery = thêu: 0.85
embroidered = thêu: 0.85
lace = ren: 0.8
tablecloth = khăn trải bàn: 0.95
pillowcase = vỏ gối: 0.95
cushion cover = vỏ gối: 0.9
handkerchief = khăn tay: 0.95
scarf = khăn quàng: 0.9
shawl = khăn choàng: 0.9
curtain = rèm: 0.85
fern = cỏ tế: 0.85
sedge = cỏ tế: 0.6
seagrass = cỏ tế: 0.7
water hyacinth = cỏ tế: 0.4
laundry basket = giỏ đựng đồ giặt: 0.9
hamper = basket: 0.7
picnic basket = giỏ dã ngoại: 0.95
gift basket = giỏ quà: 0.95
fruit basket = giỏ hoa quả: 0.95
plant pot = chậu: 0.8
planter = chậu: 0.8
lampshade = chụp đèn: 0.95
lamp shade = lampshade: 1
pendant lamp = đèn thả: 0.95
pendant light = đèn thả: 0.95
lamp = đèn: 0.8
light = lamp: 0.6
lantern = lamp: 0.6
stool = đôn: 0.85
armchair = ghế bành: 0.9
coffee table = bàn trà: 0.9
sofa = bàn ghế: 0.5
cabinet = tủ: 0.8
wardrobe = tủ quần áo: 0.95
bookshelf = kệ sách: 0.95
mirror = gương: 0.85
vase = bình hoa: 0.8
tray = khay: 0.85
box = hộp: 0.85
jewelry = jewellery: 1
jewellery box = hộp trang sức: 0.95
jewelry box = hộp trang sức: 0.95
chess = cờ tướng: 0.7
chopsticks = đũa: 0.9
coaster = lót ly: 0.95
coasters = lót ly: 0.95
placemat = lót: 0.6
doormat = thảm chùi chân: 0.95
rug = thảm: 0.85
pet bed = ổ nằm: 0.95
crib = nôi: 0.9
bassinet = nôi: 0.9
cradle = nôi: 0.9
fishing net = lưới đánh cá: 0.95
hammock = võng: 0.9
shade net = lưới che nắng: 0.95
rice dough = tò he: 0.9
figurine = tò he: 0.8
folk toy = tò he: 0.9
toy figurine = tò he: 0.8
peanut candy = kẹo lạc: 0.95
peanut brittle = kẹo lạc: 0.95
sesame candy = kẹo vừng: 0.95
candied ginger = mứt gừng: 0.95
ginger jam = mứt gừng: 0.7
rice cake = bánh: 0.5
honey = mật ong: 0.9
pork roll = giò lụa: 0.9
sticky rice = gạo nếp: 0.8
banana fiber = banana fibre: 1
banana silk = banana fibre: 0.95
fiber = fibre: 1
colour = color: 1
notebook = sổ tay: 0.9
kids = children: 0.9
ladies = women: 0.9
souvenir = lưu niệm: 0.8
gift = quà tặng: 0.7
altar = thờ: 0.6
cat bed = ổ nằm cho mèo: 0.95
dog bed = ổ nằm cho chó: 0.95
oxford shoes = giày tây: 0.9
dress shoes = giày tây: 0.95
oxford = giày tây: 0.8
boots = giày cao cổ: 0.9
slippers = dép: 0.8
indoor slippers = dép đi trong nhà: 0.95
sandals = sandal: 0.95
wooden tray = khay gỗ: 0.95
serving tray = khay phục vụ: 0.95
serving tray = khay: 0.8
framed embroidery = tranh thêu khung: 0.95
embroidered picture = tranh thêu: 0.95
embroidery art = tranh thêu: 0.9
wall art = tranh: 0.7
wine rack = kệ rượu: 0.95
wine holder = kệ rượu: 0.9
plant pot cover = giỏ bọc chậu: 0.95
planter basket = giỏ bọc chậu: 0.95
plant basket = giỏ bọc chậu: 0.95
pot cover = bọc chậu: 0.9
herbal tea = trà thảo mộc: 0.95
tea bags = trà: 0.5
shrimp chips = bánh phồng tôm: 0.95
shrimp crackers = bánh phồng tôm: 0.95
prawn crackers = bánh phồng tôm: 0.95
wall clock = đồng hồ treo tường: 0.95
clock = đồng hồ: 0.9
hand mirror = gương cầm tay: 0.95
compact mirror = gương trang điểm: 0.9
pocket mirror = gương trang điểm: 0.9
incense holder = đế cắm hương: 0.95
incense stand = đế cắm hương: 0.95
folding screen = bình phong: 0.95
room divider = bình phong: 0.95
screen = bình phong: 0.7
daybed = sập: 0.9
photo frame = khung ảnh: 0.95
picture frame = khung ảnh: 0.95
frame = khung: 0.7
pen holder = ống bút: 0.95
pencil holder = ống bút: 0.95
phone stand = giá để điện thoại: 0.95
phone holder = giá để điện thoại: 0.95
keychain = móc khoá: 0.95
key ring = móc khoá: 0.95
hair pin = trâm cài tóc: 0.95
hairpin = trâm cài tóc: 0.95
hair stick = trâm cài tóc: 0.95
business card holder = hộp đựng danh thiếp: 0.95
card holder = hộp đựng danh thiếp: 0.9
tea box = hộp đựng trà: 0.95
tea caddy = hộp đựng trà: 0.95
chess set = bàn cờ tướng: 0.8
xiangqi = bàn cờ tướng: 0.95
cutting board = thớt: 0.95
chopping board = thớt: 0.95
bread basket = rổ bánh mì: 0.95
food cover = lồng bàn: 0.95
storage basket = giỏ đựng đồ: 0.9
storage box = hộp đựng đồ: 0.95
waste basket = sọt rác: 0.95
trash can = sọt rác: 0.9
tissue box = hộp đựng khăn giấy: 0.95
magazine rack = kệ báo: 0.95
wall shelf = kệ treo tường: 0.95
dining table = bàn ăn: 0.95
dining set = bộ bàn ăn: 0.95
bed = giường: 0.7
bedding = bộ chăn ga: 0.9
bed set = bộ chăn ga: 0.95
duvet = chăn: 0.8
napkin = khăn ăn: 0.95
napkins = khăn ăn: 0.95
apron = tạp dề: 0.95
raincoat = áo khoác gió: 0.4
windbreaker = áo khoác gió: 0.95
overcoat = áo măng tô: 0.95
coat = áo măng tô: 0.8
skirt = chân váy: 0.9
dress = đầm: 0.7
graduation gown = áo choàng lễ: 0.95
gown = áo choàng: 0.7
turban = khăn xếp: 0.95
t-shirt = áo phông: 0.95
scented candle = nến sáp ong: 0.8
beeswax candle = nến sáp ong: 0.95
sachet = túi thơm: 0.95
incense powder = bột trầm: 0.8
smudge = bột xông: 0.7
sweet potato = khoai lang: 0.95
cabbage = cải bắp: 0.95
water spinach = rau muống: 0.95
morning glory = rau muống: 0.95
pickled mustard = dưa cải: 0.95
pomelo = bưởi: 0.95
banana = chuối: 0.8
peanuts = lạc: 0.9
eggs = trứng: 0.9
rice = gạo: 0.8
bird net = lưới bắt chim: 0.95
football net = lưới bóng đá: 0.95
soccer net = lưới bóng đá: 0.95
goal net = lưới bóng đá: 0.9
mesh bag = túi lưới: 0.95
net bag = túi lưới: 0.95
door curtain = rèm: 0.9
fabric = vải: 0.8
puzzle = xếp hình: 0.9
wooden toy = đồ chơi: 0.8
workshop = trải nghiệm: 0.8
bowl = bát: 0.85
plate = đĩa: 0.85
"""
_OTHER = {
    "ja": """
螺鈿 = khảm trai: 0.95
漆器 = sơn mài: 0.95
漆 = sơn mài: 0.8
線香 = hương: 0.95
お香 = hương: 0.95
香 = hương: 0.7
線香立て = đế cắm hương: 0.95
香立て = đế cắm hương: 0.95
帽子 = nón: 0.9
さつまいも = khoai lang: 0.95
茶 = trà: 0.8
沈香 = trầm: 0.95
アオザイ = áo dài: 0.95
籐 = mây: 0.95
ラタン = mây: 0.95
竹 = tre: 0.95
竹細工 = mây tre: 0.9
かご = giỏ: 0.9
籠 = giỏ: 0.9
バスケット = giỏ: 0.9
菅笠 = nón lá: 0.95
ノンラー = nón lá: 0.95
刺繍 = thêu: 0.95
レース = ren: 0.9
革靴 = giày da: 0.95
靴 = giày: 0.9
財布 = ví da: 0.95
バッグ = túi: 0.85
スーツ = vest: 0.95
ランプ = đèn: 0.9
照明 = đèn: 0.8
箱 = hộp: 0.8
家具 = đồ mộc: 0.8
蜂蜜 = mật ong: 0.95
バナナ繊維 = tơ chuối: 0.95
ハンモック = võng: 0.95
網 = lưới: 0.8
箸 = đũa: 0.95
花瓶 = bình hoa: 0.9
盆 = khay: 0.7
トレイ = khay: 0.85
""",
    "zh": """
螺钿 = khảm trai: 0.95
漆画 = tranh sơn mài: 0.95
磨漆 = sơn mài: 0.95
线香 = hương: 0.95
盘香 = nhang vòng: 0.95
奥黛 = áo dài: 0.95
藤 = mây: 0.9
藤编 = mây tre đan: 0.95
竹编 = mây tre đan: 0.9
篮子 = giỏ: 0.9
斗笠 = nón lá: 0.95
刺绣 = thêu: 0.95
蕾丝 = ren: 0.9
皮鞋 = giày da: 0.95
钱包 = ví da: 0.95
皮带 = thắt lưng: 0.95
西服 = vest: 0.95
红薯 = khoai lang: 0.95
帽子 = nón: 0.9
茶 = trà: 0.8
香 = hương: 0.7
衬衫 = sơ mi: 0.9
花瓶 = bình hoa: 0.9
米 = gạo: 0.8
蜂蜜 = mật ong: 0.95
西装 = vest: 0.95
灯 = đèn: 0.85
盒 = hộp: 0.7
面塑 = tò he: 0.95
吊床 = võng: 0.95
筷子 = đũa: 0.95
""",
    "ko": """
나전칠기 = khảm trai: 0.95
자개 = khảm trai: 0.9
옻칠 = sơn mài: 0.95
향 = hương: 0.9
모자 = nón: 0.9
고구마 = khoai lang: 0.95
차 = trà: 0.7
신발 = giày: 0.8
가방 = túi: 0.85
침향 = trầm: 0.95
아오자이 = áo dài: 0.95
등나무 = mây: 0.9
라탄 = mây: 0.95
대나무 = tre: 0.9
바구니 = giỏ: 0.95
논라 = nón lá: 0.95
자수 = thêu: 0.95
레이스 = ren: 0.9
구두 = giày da: 0.9
지갑 = ví da: 0.95
벨트 = thắt lưng: 0.9
정장 = vest: 0.95
램프 = đèn: 0.9
상자 = hộp: 0.8
꿀 = mật ong: 0.9
해먹 = võng: 0.9
젓가락 = đũa: 0.95
""",
}


def rows() -> list[dict[str, Any]]:
    """Columns of a Synonym each."""
    found = []
    for language, text in {"vi": _VI, "en": _EN, **_OTHER}.items():
        for line in text.strip().splitlines():
            words, _colon, weight = line.rpartition(":")
            term, sign, expansion = words.partition(" == ") if " == " in words else words.partition(" = ")
            found.append(
                {
                    "term": term.strip(),
                    "language": language,
                    "expansion": expansion.strip(),
                    "weight": float(weight),
                    "both_ways": sign == " == ",
                }
            )
    return found


def load(model: Any) -> int:
    """Adds those that are not there; edited ones stay as they are. `model` is Synonym, or its shape in a migration."""
    wanted = [row for row in rows() if row["term"] != row["expansion"]]
    return len(model.objects.bulk_create([model(**row) for row in wanted], ignore_conflicts=True))
